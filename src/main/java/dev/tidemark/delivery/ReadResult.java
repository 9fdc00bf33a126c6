package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import java.util.List;

/** The result of a {@link ReadRequest}. */
sealed interface ReadResult {
  /**
   * Events that were read from the database.
   *
   * @param position the session's position at the read
   * @param events the events in order; dense, unless they are compacted; empty if there is none
   *     from the requested cursor on
   */
  record Events(Position position, List<EncodedEvent> events) implements ReadResult {
    /** Dense events without those before this cursor, which only other clients needed. */
    List<EncodedEvent> from(long cursor) {
      long first = events.isEmpty() ? -1 : cursor - events.get(0).cursor();
      return first < 0 || first >= events.size()
          ? List.of()
          : events.subList((int) first, events.size());
    }
  }

  /** The snapshot at which a resync begins. */
  record Snapshot(SnapshotFrame frame) implements ReadResult {}

  /** The events are in the tail by now, or have to be requested again. */
  record LookAgain() implements ReadResult {}
}
