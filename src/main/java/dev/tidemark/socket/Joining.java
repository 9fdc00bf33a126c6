package dev.tidemark.socket;

import dev.tidemark.access.Admission;
import dev.tidemark.access.Caller;
import dev.tidemark.access.SessionAccess;
import dev.tidemark.access.SessionAccess.Entry;
import dev.tidemark.delivery.Deliveries;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.JoinRequest;
import dev.tidemark.session.Joins;
import dev.tidemark.session.Session;
import dev.tidemark.turn.Agents;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Hello;
import dev.tidemark.wire.HelloOk;
import dev.tidemark.wire.Join;
import dev.tidemark.wire.Joined;
import dev.tidemark.wire.Policy;
import dev.tidemark.wire.ServerFrame;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The two doors, {@code hello} and {@code join}, and the one room behind them. */
@ApplicationScoped
public class Joining {
  private static final int PROTOCOL = 1;

  @Inject Admission admission;
  @Inject SessionAccess access;
  @Inject Agents agents;
  @Inject Joins joins;
  @Inject Deliveries deliveries;
  @Inject Settings settings;
  @Inject Node node;

  void hello(Connection connection, Hello hello) {
    if (hello.protocolMin() > PROTOCOL || hello.protocolMax() < PROTOCOL) {
      throw new RefusedException(
          ErrorCode.PROTOCOL_MISMATCH,
          "This gateway speaks protocol %d, the client %d to %d."
              .formatted(PROTOCOL, hello.protocolMin(), hello.protocolMax()));
    }
    join(connection, hello.join(), joined -> new HelloOk(joined, policy()));
  }

  void join(Connection connection, Join join) {
    join(connection, join, joined -> joined);
  }

  /** Joins first and leaves the session before only then: a refused join changes nothing. */
  private void join(Connection connection, Join join, Function<Joined, ServerFrame> answer) {
    requireWelcome(connection.caller());
    Entry entry = enter(connection.caller(), join);
    Session session = entry.session();
    JoinOutcome outcome =
        joins.join(
            request(connection.caller(), join, session.sessionId()), session, entry.created());
    connection.left();
    connection.send(
        answer.apply(
            new Joined(
                session.sessionId(),
                session.agentId(),
                !entry.created(),
                outcome.position(),
                outcome.resync())));
    outcome.snapshot().ifPresent(connection::send);
    connection.joined(
        new Membership(
            session, deliveries.subscribe(session.sessionKey(), outcome, connection.outbound())));
  }

  private void requireWelcome(Caller caller) {
    if (node.isDraining()) {
      throw new RefusedException(
          ErrorCode.RESTARTING,
          "This node is restarting. Come back with your cursor.",
          OptionalLong.of(1));
    }
    OptionalLong wait = admission.join(caller);
    if (wait.isPresent()) {
      throw new RefusedException(
          ErrorCode.TOO_MANY_JOINS,
          "At most "
              + settings.number(Setting.JOINS_PER_MINUTE)
              + " joins a minute for one principal.",
          wait);
    }
  }

  private Entry enter(Caller caller, Join join) {
    if (join.sessionId().isEmpty()) {
      return access.create(caller, knownAgent(join));
    }
    String sessionId = join.sessionId().get();
    // Only a session that is to be made needs an agent that exists here.
    Optional<Entry> entry = access.find(caller, sessionId);
    if (entry.isEmpty() && join.create()) {
      entry = access.findOrCreate(caller, sessionId, knownAgent(join));
    }
    if (entry.isEmpty()) {
      joins.refuse(request(caller, join, sessionId), ErrorCode.NO_SUCH_SESSION.wireName());
      throw new RefusedException(ErrorCode.NO_SUCH_SESSION, "There is no such session.");
    }
    String agentId = entry.get().session().agentId();
    if (join.agentId().isPresent() && !join.agentId().get().equals(agentId)) {
      throw new RefusedException(
          ErrorCode.AGENT_MISMATCH, "This session's agent is '" + agentId + "'.");
    }
    return entry.get();
  }

  private String knownAgent(Join join) {
    String agentId = join.agentId().orElse(agents.defaultId());
    if (agents.find(agentId).isEmpty()) {
      throw new RefusedException(ErrorCode.UNKNOWN_AGENT, "There is no agent of that name here.");
    }
    return agentId;
  }

  private static JoinRequest request(Caller caller, Join join, String sessionId) {
    return new JoinRequest(
        caller.name(),
        caller.tenant(),
        caller.remoteAddress(),
        sessionId,
        join.since(),
        join.epoch(),
        join.snapshot());
  }

  private Policy policy() {
    return new Policy(
        settings.number(Setting.MAX_PAYLOAD),
        settings.number(Setting.HEARTBEAT),
        settings.number(Setting.SILENCE),
        settings.count(Setting.MAX_BAD_FRAMES),
        settings.count(Setting.PAGE_EVENTS));
  }
}
