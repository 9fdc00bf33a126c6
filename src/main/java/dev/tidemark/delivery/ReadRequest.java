package dev.tidemark.delivery;

import dev.tidemark.wire.ResyncReason;

/**
 * Something that is to be read from the database for those who wait for it. Equal readings are one:
 * it is read once, whoever asks, also while it is being read.
 */
sealed interface ReadRequest {
  /**
   * Events from a cursor on.
   *
   * @param epoch the epoch of whoever asks
   */
  record Events(String epoch, long from) implements ReadRequest {}

  /**
   * Events from a cursor on as far as another, without the deltas that a {@code response} within
   * stands for.
   */
  record Compacted(String epoch, long from, long until) implements ReadRequest {}

  /** A snapshot for one subscription. */
  record Snapshot(Subscription whose, ResyncReason reason) implements ReadRequest {}
}
