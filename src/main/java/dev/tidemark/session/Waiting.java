package dev.tidemark.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What waits to be written, up to a number; it goes when it is written and not before. */
final class Waiting<T> {
  private final int most;
  private final Deque<T> items = new ArrayDeque<>();
  private long refused;

  Waiting(int most) {
    this.most = most;
  }

  /** False if there is no room: it is counted and forgotten. */
  synchronized boolean add(T item) {
    if (items.size() >= most) {
      refused++;
      return false;
    }
    items.addLast(item);
    return true;
  }

  /** All that waits, the oldest first. */
  synchronized List<T> all() {
    return new ArrayList<>(items);
  }

  /** So many of the oldest are written. */
  synchronized void done(int count) {
    for (int i = 0; i < count; i++) {
      items.removeFirst();
    }
  }

  /** Gives up what waits. */
  synchronized int dropAll() {
    int dropped = items.size();
    items.clear();
    refused += dropped;
    return dropped;
  }

  /** How many were forgotten since the node began. */
  synchronized long refused() {
    return refused;
  }

  synchronized int size() {
    return items.size();
  }
}
