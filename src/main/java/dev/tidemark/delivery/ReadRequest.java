package dev.tidemark.delivery;

import dev.tidemark.wire.ResyncReason;

/**
 * A read from the database that subscriptions wait for. Equal requests share one read, even if they
 * come while it is under way.
 */
sealed interface ReadRequest {
  /**
   * Events from a cursor on.
   *
   * @param epoch the epoch of the requesting subscription
   */
  record Events(String epoch, long from) implements ReadRequest {}

  /**
   * Events from one cursor to another, without the deltas that a {@code response} between them
   * stands for.
   */
  record Compacted(String epoch, long from, long until) implements ReadRequest {}

  /** A snapshot for one subscription. */
  record Snapshot(Subscription subscription, ResyncReason reason) implements ReadRequest {}
}
