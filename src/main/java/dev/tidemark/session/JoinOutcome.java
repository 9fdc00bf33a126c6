package dev.tidemark.session;

import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import dev.tidemark.wire.SnapshotFrame;
import java.util.Optional;

/**
 * The outcome of a join: where the session stands, whether the client replays, and its snapshot,
 * all read at one moment.
 *
 * @param deliveryRecord under which the delivery to the client is recorded
 * @param snapshot present on a resync, or if it was asked for; it stands at {@code position}
 */
public record JoinOutcome(
    DeliveryRecord deliveryRecord,
    Position position,
    Resume.Decision decision,
    Optional<SnapshotFrame> snapshot) {
  public Optional<ResyncReason> resync() {
    return decision instanceof Resume.Resync resync
        ? Optional.of(resync.reason())
        : Optional.empty();
  }

  /** The cursor that the client's first sequenced frame follows (R4). */
  public long baseline() {
    return decision instanceof Resume.Replay replay ? replay.since() : position.head();
  }
}
