package dev.tidemark.concurrent;

import java.util.Set;

/** Work that must not stand still: a queue with its workers, or a periodic job. */
public interface Watched {
  /** How long something has waited here while nothing moved, in nanoseconds; 0 if all moves. */
  long stillNanos();

  /** The threads that are at work here. */
  Set<Thread> threads();

  /** Starts a worker for what waits, if there should be one and is none. Never waits. */
  default void revive() {}
}
