package dev.tidemark.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What waits to be written, up to a number; it goes when it is written and not before. */
public final class BoundedBuffer<T> {
  private final int max;
  private final Deque<T> items = new ArrayDeque<>();
  private long refused;

  public BoundedBuffer(int max) {
    this.max = max;
  }

  /** False if there is no room: it is counted and forgotten. */
  public synchronized boolean add(T item) {
    if (items.size() >= max) {
      refused++;
      return false;
    }
    items.addLast(item);
    return true;
  }

  /** All that waits, the oldest first. */
  public synchronized List<T> all() {
    return new ArrayList<>(items);
  }

  /** So many of the oldest are written. */
  public synchronized void done(int count) {
    for (int i = 0; i < count; i++) {
      items.removeFirst();
    }
  }

  /** Gives up what waits. */
  public synchronized int dropAll() {
    int dropped = items.size();
    items.clear();
    refused += dropped;
    return dropped;
  }

  /** How many were forgotten since the node began. */
  public synchronized long refused() {
    return refused;
  }

  public synchronized int size() {
    return items.size();
  }
}
