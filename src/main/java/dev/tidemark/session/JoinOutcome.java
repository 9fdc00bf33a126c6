package dev.tidemark.session;

import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import dev.tidemark.wire.SnapshotFrame;
import java.util.Optional;

/**
 * The outcome of a join: the session's position, the decision, and the snapshot, all read at one
 * moment.
 *
 * @param deliveryRecord key under which the deliveries to the client are recorded
 * @param snapshot snapshot at {@code position}; present on a resync or if the client requested it
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
