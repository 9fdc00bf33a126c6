package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import java.util.List;

/** What was read for a subscription that waited. */
sealed interface ReadResult {
  /**
   * Events that were read from the database.
   *
   * @param position where the session stood then
   * @param events in order; dense, unless they are compacted; empty if there is nothing from the
   *     asked cursor on
   */
  record Events(Position position, List<EncodedEvent> events) implements ReadResult {}

  /** A new beginning. */
  record Snapshot(SnapshotFrame frame) implements ReadResult {}

  /** What it waited for is in the tail by now. */
  record LookAgain() implements ReadResult {}
}
