package dev.tidemark.tools.fill;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The generated data of one day: the rows to be written, from which tests compute their
 * expectations. Times are microseconds since 1970, as exact as the database keeps them; unknown
 * values are {@code null}.
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
final class Dataset {
  final List<Event> events = new ArrayList<>();
  final List<Message> messages = new ArrayList<>();
  final List<Turn> turns = new ArrayList<>();
  final List<Join> joins = new ArrayList<>();
  final List<Resync> resyncs = new ArrayList<>();
  final List<Refusal> refusals = new ArrayList<>();
  final List<AdminAction> adminActions = new ArrayList<>();
  final List<SignIn> signIns = new ArrayList<>();
  final List<RestReading> restReadings = new ArrayList<>();

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

  /** A look at how far the client of a join was sent events. */
  record Point(long at, int resyncs, long sent, int inFlight) {}

  record Leave(long at, String why, Integer closeCode, int resyncs, long sent, int inFlight) {}

  /** A join and its outcome; {@code session} is {@code null} if it was refused. */
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

  record SignIn(
      UUID id,
      long at,
      String how,
      String operation,
      String principal,
      String tenant,
      String address,
      String userAgent,
      String node) {}

  record RestReading(
      UUID id,
      long at,
      String path,
      String sessionId,
      String principal,
      String tenant,
      String address,
      String userAgent,
      String node) {}

  /**
   * An action of an administrator; for an action of the identity provider principal and tenant are
   * {@code null}, and {@code logoutId} is the id of its request.
   *
   * @param kind kind of the target: principal, subject, provider_session, node
   */
  record AdminAction(
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

  /** Raised floors, each as {session key, before, after, policy}, or a day that left the log. */
  record Purge(
      long at,
      String step,
      String node,
      String policy,
      List<long[]> floors,
      String partition,
      long rows) {}

  /** Adds the data of one more session. */
  void add(Dataset more) {
    events.addAll(more.events);
    messages.addAll(more.messages);
    turns.addAll(more.turns);
    joins.addAll(more.joins);
    resyncs.addAll(more.resyncs);
    refusals.addAll(more.refusals);
    adminActions.addAll(more.adminActions);
    signIns.addAll(more.signIns);
    restReadings.addAll(more.restReadings);
  }
}
