package dev.tidemark.tools.fill;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What happened on one day: the rows that are written, and what a test computes its expectations
 * from. Times are microseconds since 1970, as exact as the database keeps them; what is unknown is
 * {@code null}.
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
final class Facts {
  final List<Event> events = new ArrayList<>();
  final List<Message> messages = new ArrayList<>();
  final List<Turn> turns = new ArrayList<>();
  final List<Join> joins = new ArrayList<>();
  final List<Resync> resyncs = new ArrayList<>();
  final List<Refusal> refusals = new ArrayList<>();
  final List<Act> acts = new ArrayList<>();

  record Event(
      FilledSession session,
      long cursor,
      UUID id,
      int epoch,
      String type,
      String source,
      UUID turnId,
      String payload,
      long at,
      byte[] hash) {}

  record Message(
      FilledSession session,
      long cursor,
      String messageId,
      String sender,
      String role,
      String contentJson,
      long at,
      UUID turnId) {}

  record Turn(
      UUID id,
      FilledSession session,
      long messageCursor,
      String messageId,
      String status,
      int attempt,
      long queuedAt,
      Long startedAt,
      Long endedAt,
      Long startedCursor,
      Long endedCursor,
      String node,
      Long abortedAt,
      String abortReason) {}

  /** A look at how far a join was sent. */
  record Point(long at, int resyncs, long sent, int inFlight) {}

  record Leave(long at, String why, Integer closeCode, int resyncs, long sent, int inFlight) {}

  /** A join with what became of it; {@code session} is null if it was refused. */
  record Join(
      FilledSession session,
      String sessionId,
      String principal,
      String tenant,
      String address,
      String userAgent,
      UUID connection,
      String node,
      long at,
      Long since,
      String sinceEpoch,
      String outcome,
      String reason,
      String epoch,
      Long head,
      Long floor,
      Long events,
      Long baseline,
      Boolean snapshot,
      List<Point> points,
      Leave leave) {}

  record Resync(
      UUID connection,
      int number,
      long at,
      String reason,
      long from,
      String fromEpoch,
      long snapshot,
      String snapshotEpoch) {}

  record Refusal(
      UUID id,
      long at,
      long lastAt,
      long times,
      String node,
      String operation,
      String code,
      Integer httpStatus,
      Integer closeCode,
      String principal,
      String tenant,
      String address,
      UUID connection,
      String sessionId,
      String message) {}

  /**
   * What an administrator did; principal and tenant are {@code null} where the identity provider
   * did, by a request of that name.
   *
   * @param kind what the target is: principal, subject, provider_session, node
   */
  record Act(
      long at,
      String node,
      String principal,
      String tenant,
      String address,
      String operation,
      String kind,
      String target,
      String why,
      UUID logoutId) {
    boolean revokes() {
      return !kind.equals("node");
    }

    /** The target, if it is of that kind. */
    String targetIf(String wanted) {
      return kind.equals(wanted) ? target : null;
    }
  }

  /** Raised floors, {session key, before, after} each, or a day that left the log. */
  record Purge(
      long at,
      String step,
      String node,
      String policy,
      List<long[]> floors,
      String partition,
      long rows) {}

  /** Takes up what happened in one more session. */
  void add(Facts more) {
    events.addAll(more.events);
    messages.addAll(more.messages);
    turns.addAll(more.turns);
    joins.addAll(more.joins);
    resyncs.addAll(more.resyncs);
    refusals.addAll(more.refusals);
    acts.addAll(more.acts);
  }
}
