package dev.tidemark.concurrent;

import java.util.ArrayList;
import java.util.List;

/** A bounded buffer of items to be written; an item stays until it is written or dropped. */
public final class BoundedBuffer<T> {
  private final int max;
  private final LinkedQueue<T> items = new LinkedQueue<>();
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
    items.add(item);
    return true;
  }

  /** All items, the oldest first. */
  public synchronized List<T> all() {
    List<T> all = new ArrayList<>(items.size());
    items.forEach(all::add);
    return all;
  }

  /** Removes the {@code count} oldest items, which have been written. */
  public synchronized void done(int count) {
    for (int i = 0; i < count; i++) {
      var unused = items.poll();
    }
  }

  /** Counts items as dropped that were done with, and could not be written. */
  public synchronized void lost(int count) {
    refused += count;
  }

  /** Drops all items and returns how many there were. */
  public synchronized int dropAll() {
    int dropped = items.size();
    done(dropped);
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
