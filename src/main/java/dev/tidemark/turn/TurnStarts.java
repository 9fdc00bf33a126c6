package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Starts turns, in the group commits of the log. The next turn is found under the session's lock,
 * and its lease begins there, by the database's clock: so the turns of one session run one after
 * another on however many nodes.
 */
@ApplicationScoped
public class TurnStarts implements AppendParticipant<TurnStarts.Start> {
  @Inject Appender appender;
  @Inject Settings settings;

  /** A request for a session's next turn: a writer sets the turn, the caller then reads it. */
  static final class Start {
    private final long sessionKey;
    private StartedTurn next;

    Start(long sessionKey) {
      this.sessionKey = sessionKey;
    }
  }

  /** Thrown if no turn waits, or one runs. */
  private static final class NothingToStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToStartException() {
      super(null, null, false, false);
    }
  }

  /**
   * Starts the next turn of a session, unless one is running or none is waiting, and waits until
   * the start is durable. After a failure the turn may have started unseen: no node runs it or
   * renews its lease, and the sweep finds it when the lease has run out.
   */
  Optional<StartedTurn> start(long sessionKey) {
    Start start = new Start(sessionKey);
    try {
      var unused = appender.appendAndWait(sessionKey, List.of(), this, start);
      return Optional.of(start.next);
    } catch (NothingToStartException e) {
      return Optional.empty();
    }
  }

  /** Of two requests for one session in a batch, the second is deferred to the next one. */
  @Override
  public List<Verdict> judge(Connection connection, List<Start> starts) throws SQLException {
    Map<Long, StartedTurn> next =
        TurnSql.next(connection, starts.stream().map(start -> start.sessionKey).toList());
    Set<Long> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(starts.size());
    for (Start start : starts) {
      start.next = next.get(start.sessionKey);
      if (start.next == null) {
        verdicts.add(Verdict.refuse(new NothingToStartException()));
      } else {
        verdicts.add(
            seen.add(start.sessionKey) ? Verdict.goWith(started(start.next)) : Verdict.DEFER);
      }
    }
    return verdicts;
  }

  private static List<Draft> started(StartedTurn next) {
    Turn turn = next.turn();
    return List.of(
        Draft.ofTurn(
            turn.turnId, EventTypes.TURN_STARTED, turn.agentId, Payloads.turnStarted(turn)));
  }

  @Override
  public void write(Connection connection, List<Written<Start>> written) throws SQLException {
    for (Written<Start> start : written) {
      EventFrame event = start.events().get(0);
      start.subject().next.turn().begin(event, settings);
    }
    TurnSql.begin(connection, written.stream().map(start -> start.subject().next.turn()).toList());
  }
}
