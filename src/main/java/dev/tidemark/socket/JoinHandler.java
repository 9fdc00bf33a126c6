package dev.tidemark.socket;

import dev.tidemark.access.Caller;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.limit.SessionQuota;
import dev.tidemark.agent.Agents;
import dev.tidemark.delivery.DeliveryScheduler;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Access;
import dev.tidemark.session.Client;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.JoinReply;
import dev.tidemark.session.JoinReply.Refused;
import dev.tidemark.session.JoinRequest;
import dev.tidemark.session.JoinService;
import dev.tidemark.session.LeaveReason;
import dev.tidemark.session.Session;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.SnapshotJoins;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Join;
import dev.tidemark.wire.Joined;
import dev.tidemark.wire.ServerFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Lets a client into a session, through {@code join} and through {@code hello}. */
@ApplicationScoped
class JoinHandler implements FrameHandler<Join> {
  @Inject Quotas quotas;
  @Inject SessionQuota sessionQuota;
  @Inject SessionAccess access;
  @Inject Agents agents;
  @Inject JoinService joinService;
  @Inject SnapshotJoins snapshotJoins;
  @Inject DeliveryScheduler deliveryScheduler;
  @Inject Node node;
  @Inject Metrics metrics;

  @Override
  public boolean needsStorage() {
    return true;
  }

  @Override
  public Optional<CompletionStage<Runnable>> handle(Connection connection, Join join) {
    connection.noteSessionNamed();
    return Optional.of(join(connection, join, joined -> joined));
  }

  @Override
  public Optional<String> sessionId(Connection connection, Join join) {
    return join.sessionId();
  }

  /**
   * Joins a session.
   *
   * @param reply the function that makes the frame for the joined client
   * @return completes with the rest of the work, to be run on a thread that may wait
   */
  CompletionStage<Runnable> join(
      Connection connection, Join join, Function<Joined, ServerFrame> reply) {
    long begun = System.nanoTime();
    Caller caller = connection.caller();
    requireQuota(caller);
    JoinRequest request = request(connection, join);
    return joinService
        .join(request, (session, access) -> refusal(caller, join, session, access))
        .thenApply(
            decision ->
                () -> {
                  conclude(connection, join, request, decision, reply);
                  metrics.record(Metric.JOIN, System.nanoTime() - begun);
                });
  }

  private Optional<Refused> refusal(Caller caller, Join join, Session session, Access found) {
    if (!access.mayEnter(caller, session, found)) {
      return Optional.of(Refused.NO_SUCH_SESSION);
    }
    return join.agentId()
        .filter(expected -> !expected.equals(session.agentId()))
        .map(
            other ->
                new Refused(
                    ErrorCode.AGENT_MISMATCH,
                    "This session's agent is '" + session.agentId() + "'."));
  }

  private void conclude(
      Connection connection,
      Join join,
      JoinRequest request,
      JoinReply decision,
      Function<Joined, ServerFrame> reply) {
    if (decision instanceof Refused refused) {
      throw new RefusedException(refused.code(), refused.message());
    } else if (decision instanceof JoinReply.NeedsSnapshot needs) {
      try {
        JoinOutcome outcome =
            snapshotJoins.join(request, needs.session(), connection.outbound()::takeForSnapshot);
        enter(connection, join, request, needs.session(), needs.access(), outcome, reply);
      } finally {
        connection.outbound().snapshotSent();
      }
    } else if (decision instanceof JoinReply.Admitted admitted) {
      enter(
          connection,
          join,
          request,
          admitted.session(),
          admitted.access(),
          admitted.outcome(),
          reply);
    }
  }

  /**
   * Leaves the previous session only now, because a refused join changes nothing. From then on a
   * failure ends the connection, whose client may believe that it has joined.
   */
  private void enter(
      Connection connection,
      Join join,
      JoinRequest request,
      Session session,
      Access found,
      JoinOutcome outcome,
      Function<Joined, ServerFrame> reply) {
    ServerFrame frame =
        reply.apply(
            new Joined(
                session.sessionId(),
                session.agentId(),
                !request.created(),
                found.mayWrite(),
                outcome.position(),
                outcome.resync(),
                join.capabilities()));
    try {
      connection.leave(LeaveReason.REJOINED);
      connection.sendJoined(frame);
      outcome.snapshot().ifPresent(connection::send);
      connection.follow(
          deliveryScheduler.subscribe(
              new TenantSession(connection.caller().tenant(), session.sessionKey()),
              outcome,
              join.capabilities(),
              connection.outbound()),
          subscription -> new JoinedSession(session, found, subscription));
    } catch (RuntimeException | Error e) {
      connection.failed();
      throw e;
    }
  }

  private void requireQuota(Caller caller) {
    if (node.isDraining()) {
      throw new RefusedException(ErrorCode.RESTARTING, Drain.MESSAGE, OptionalLong.of(1));
    }
    quotas.requireJoin(caller);
  }

  /** Creates the session first if the client names none, or one that may be created. */
  private JoinRequest request(Connection connection, Join join) {
    Caller caller = connection.caller();
    if (join.sessionId().isEmpty()) {
      String made =
          create(caller, SessionId.random(), knownAgent(join))
              .map(Session::sessionId)
              .orElseThrow(() -> new IllegalStateException("A random session id was taken."));
      return request(connection.client(), join, made, true);
    }
    String sessionId = join.sessionId().get();
    // Only a session to be created needs an agent that exists here.
    boolean created =
        join.create()
            && access.find(caller, sessionId).isEmpty()
            && create(caller, sessionId, knownAgent(join)).isPresent();
    return request(connection.client(), join, sessionId, created);
  }

  private Optional<Session> create(Caller caller, String sessionId, String agentId) {
    return sessionQuota.create(caller, () -> access.create(caller, sessionId, agentId));
  }

  private String knownAgent(Join join) {
    String agentId = join.agentId().orElse(agents.defaultId());
    if (agents.find(agentId).isEmpty()) {
      throw new RefusedException(ErrorCode.UNKNOWN_AGENT, "There is no agent of that name here.");
    }
    return agentId;
  }

  private static JoinRequest request(Client client, Join join, String sessionId, boolean created) {
    return new JoinRequest(
        client,
        sessionId,
        created,
        join.since(),
        join.epoch(),
        join.snapshot(),
        join.capabilities());
  }
}
