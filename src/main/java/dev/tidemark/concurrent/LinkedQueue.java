package dev.tidemark.concurrent;

import java.util.function.Consumer;

/**
 * A queue of which nothing takes memory but its {@link Link}s, and each before it is put in. So
 * memory that runs out leaves it whole; a queue in an array that cannot grow looks empty then. Not
 * safe for many threads.
 */
public final class LinkedQueue<T> {
  private Link<T> first;
  private Link<T> last;
  private int size;

  /** A place for one item, which is in one queue at a time. */
  static final class Link<T> {
    private final T item;
    private Link<T> next;

    Link(T item) {
      this.item = item;
    }
  }

  public void add(T item) {
    add(new Link<>(item));
  }

  /** Does the same with a link that is in no queue: this cannot fail. */
  void add(Link<T> link) {
    if (first == null) {
      first = link;
    } else {
      last.next = link;
    }
    last = link;
    size++;
  }

  /** The oldest item; {@code null} if there is none. */
  public T peek() {
    return first == null ? null : first.item;
  }

  /** Removes and returns the oldest item; {@code null} if there is none. */
  public T poll() {
    T item = peek();
    if (first != null) {
      unlink(null, first);
    }
    return item;
  }

  /** Removes the oldest item that is this very one; returns whether there was one. */
  public boolean remove(T item) {
    Link<T> before = null;
    for (Link<T> link = first; link != null; link = link.next) {
      if (link.item == item) {
        unlink(before, link);
        return true;
      }
      before = link;
    }
    return false;
  }

  private void unlink(Link<T> before, Link<T> link) {
    if (before == null) {
      first = link.next;
    } else {
      before.next = link.next;
    }
    if (last == link) {
      last = before;
    }
    link.next = null;
    size--;
  }

  /** Shows all items, the oldest first. */
  public void forEach(Consumer<T> action) {
    for (Link<T> link = first; link != null; link = link.next) {
      action.accept(link.item);
    }
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }
}
