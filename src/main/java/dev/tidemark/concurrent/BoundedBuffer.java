package dev.tidemark.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A bounded buffer of items to be written; an item stays until it is written or dropped. */
public final class BoundedBuffer<T> {
  private final int max;
  private final ArrayDeque<T> items = new ArrayDeque<>();
  private long refused;

  public BoundedBuffer(int max) {
    this.max = max;
  }

  /** Returns false if there is no room: then the item is counted and dropped. */
  public synchronized boolean add(T item) {
    if (items.size() >= max) {
      refused++;
      return false;
    }
    items.addLast(item);
    return true;
  }

  /** All items, the oldest first. */
  public synchronized List<T> all() {
    return new ArrayList<>(items);
  }

  /** Removes the {@code count} oldest items, which have been written. */
  public synchronized void done(int count) {
    for (int i = 0; i < count; i++) {
      items.removeFirst();
    }
  }

  /** Counts items as dropped that were done with, and could not be written. */
  public synchronized void lost(int count) {
    refused += count;
  }

  /** Drops all items and returns how many there were. */
  public synchronized int dropAll() {
    int dropped = items.size();
    items.clear();
    refused += dropped;
    return dropped;
  }

  /** The number of items dropped since the node began. */
  public synchronized long refused() {
    return refused;
  }

  public synchronized int size() {
    return items.size();
  }
}
