package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import java.util.List;

/** The answer to a {@link ReadRequest}. */
sealed interface ReadResult {
  /**
   * Events that were read from the database.
   *
   * @param position where the session stood at the read
   * @param events in order; dense, unless they are compacted; empty if there is nothing from the
   *     asked cursor on
   */
  record Events(Position position, List<EncodedEvent> events) implements ReadResult {}

  /** The snapshot that a resync begins at. */
  record Snapshot(SnapshotFrame frame) implements ReadResult {}

  /** The events are in the tail by now, or are to be asked for again. */
  record LookAgain() implements ReadResult {}
}
