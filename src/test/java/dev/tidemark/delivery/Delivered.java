package dev.tidemark.delivery;

import dev.tidemark.log.TenantSession;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.Resume;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.SnapshotFrame;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** A session whose events are delivered: its log, joins and snapshots. */
final class Delivered {
  static final String EPOCH = "one";
  static final TenantSession SESSION = new TenantSession("tenant", 1);

  private Delivered() {}

  static Position at(long head, long floor) {
    return new Position(EPOCH, head, floor);
  }

  /** A join of a client that holds the events up to {@code since}; nothing of it is recorded. */
  static JoinOutcome join(long since, long head) {
    return new JoinOutcome(null, at(head, 1), new Resume.Replay(since), Optional.empty());
  }

  static List<EventFrame> events(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(Delivered::event).toList();
  }

  static List<EncodedEvent> encoded(long first, long last) {
    return events(first, last).stream().map(EncodedEvent::new).toList();
  }

  private static EventFrame event(long cursor) {
    return new EventFrame(
        cursor, "id-" + cursor, "broadcast", "test", null, Instant.EPOCH, "{\"n\":1}");
  }

  static SnapshotFrame snapshot(String reason, Position position) {
    return new SnapshotFrame(
        position,
        reason,
        "session",
        "echo",
        "{}",
        List.of(),
        0,
        false,
        Optional.empty(),
        List.of());
  }
}
