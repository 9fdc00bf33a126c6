package dev.tidemark.session;

import dev.tidemark.wire.Capability;
import dev.tidemark.wire.Position;
import java.util.stream.Collectors;

/**
 * A row of {@code join_record}, for the auditor: a join or its refusal, and its outcome. Unknown
 * values are {@code null}.
 *
 * @param outcome fresh, created, replay, resync or refused
 * @param reason the {@code resync_reason}, or the code of the refusal
 * @param events number of events to be replayed
 * @param epoch epoch of head and floor
 * @param baseline cursor that the client's first event follows
 * @param snapshot whether the delivery begins with a snapshot
 */
record JoinRecord(
    JoinRequest request,
    Long sessionKey,
    String outcome,
    String reason,
    Long head,
    Long floor,
    Long events,
    String epoch,
    Long baseline,
    Boolean snapshot) {
  static JoinRecord refused(JoinRequest request, JoinReply.Refused refusal) {
    return new JoinRecord(
        request, null, "refused", refusal.code().wireName(), null, null, null, null, null, null);
  }

  static JoinRecord joined(
      JoinRequest request, long sessionKey, Position position, Resume.Decision decision) {
    String outcome = request.created() ? "created" : "fresh";
    String reason = null;
    Long events = null;
    long baseline = position.head();
    boolean snapshot = request.snapshot() && decision instanceof Resume.Fresh;
    if (decision instanceof Resume.Replay replay) {
      outcome = "replay";
      events = position.head() - replay.since();
      baseline = replay.since();
    } else if (decision instanceof Resume.Resync resync) {
      outcome = "resync";
      reason = resync.reason().wireName();
      snapshot = true;
    }
    return new JoinRecord(
        request,
        sessionKey,
        outcome,
        reason,
        position.head(),
        position.floor(),
        events,
        position.epoch(),
        baseline,
        snapshot);
  }

  Long since() {
    return request.since().isPresent() ? request.since().getAsLong() : null;
  }

  String capabilities() {
    return request.capabilities().stream()
        .sorted()
        .map(Capability::wireName)
        .collect(Collectors.joining(",", "{", "}"));
  }

  String sinceEpoch() {
    return request.epoch().orElse(null);
  }
}
