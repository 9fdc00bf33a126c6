package dev.tidemark.session;

import dev.tidemark.wire.Position;

/**
 * That somebody joined a session, or was refused, and what they got: for the auditor. A row of
 * {@code join_record}; what is unknown is {@code null}.
 *
 * @param outcome fresh, created, replay, resync or refused
 * @param reason the {@code resync_reason}, or the code of the refusal
 * @param events how many events are to be replayed
 */
record JoinRecord(
    JoinRequest request,
    Long sessionKey,
    String outcome,
    String reason,
    Long head,
    Long floor,
    Long events) {
  static JoinRecord refused(JoinRequest request, JoinReply.Refused refusal) {
    return new JoinRecord(request, null, "refused", refusal.code().wireName(), null, null, null);
  }

  static JoinRecord joined(
      JoinRequest request, long sessionKey, Position position, Resume.Decision decision) {
    String outcome = request.created() ? "created" : "fresh";
    String reason = null;
    Long events = null;
    if (decision instanceof Resume.Replay replay) {
      outcome = "replay";
      events = position.head() - replay.since();
    } else if (decision instanceof Resume.Resync resync) {
      outcome = "resync";
      reason = resync.reason().wireName();
    }
    return new JoinRecord(
        request, sessionKey, outcome, reason, position.head(), position.floor(), events);
  }

  Long since() {
    return request.since().isPresent() ? request.since().getAsLong() : null;
  }

  String sinceEpoch() {
    return request.epoch().orElse(null);
  }
}
