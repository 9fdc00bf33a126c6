package dev.tidemark.session;

import dev.tidemark.session.JoinReply.Doorkeeper;
import dev.tidemark.session.JoinReply.Refused;
import dev.tidemark.wire.Position;
import java.util.Optional;
import java.util.function.Function;

/**
 * The decision about one join: refused, admitted by {@link Resume}, or passed on to {@link
 * SnapshotJoins}. It becomes the client's reply only once its record is durable.
 *
 * @param record record of the join; empty if it needs a snapshot, and is recorded there
 * @param reply makes the reply from the number of the record
 */
record JoinDecision(Optional<JoinRecord> record, Function<Long, JoinReply> reply) {
  /**
   * Decides a join.
   *
   * @param found the session and the caller's access to it; empty if no such session is visible
   */
  static JoinDecision of(
      JoinRequest request, Doorkeeper doorkeeper, Optional<AccessibleSession> found) {
    Optional<Refused> refusal =
        found.isEmpty()
            ? Optional.of(Refused.NO_SUCH_SESSION)
            : doorkeeper.refusal(found.get().session(), found.get().access());
    return refusal
        .map(refused -> refused(request, refused))
        .orElseGet(() -> admitted(request, found.get()));
  }

  private static JoinDecision refused(JoinRequest request, Refused refused) {
    return new JoinDecision(Optional.of(JoinRecord.refused(request, refused)), joinId -> refused);
  }

  private static JoinDecision admitted(JoinRequest request, AccessibleSession found) {
    Session session = found.session();
    Access access = found.access();
    Position position = found.position();
    Resume.Decision decision = Resume.decide(request.since(), request.epoch(), position);
    if (decision instanceof Resume.Resync
        || (decision instanceof Resume.Fresh && request.snapshot())) {
      return new JoinDecision(
          Optional.empty(), joinId -> new JoinReply.NeedsSnapshot(session, access));
    }
    long key = session.sessionKey();
    return new JoinDecision(
        Optional.of(JoinRecord.joined(request, key, position, decision)),
        joinId ->
            new JoinReply.Admitted(
                session,
                access,
                new JoinOutcome(
                    new DeliveryRecord(joinId, key, request),
                    position,
                    decision,
                    Optional.empty())));
  }
}
