package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.ColumnArrays;
import dev.tidemark.log.Draft;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Starts turns, in the group commits of the log. Which turn is next is found under the session's
 * lock, and its lease begins there, by the database's clock: so turns of one session run one after
 * another on however many nodes.
 */
@ApplicationScoped
public class TurnStarts implements AppendParticipant<TurnStarts.Start> {
  private static final String FIND =
      """
      select t.turn_id, t.session_key, t.message_cursor, t.message_id, t.agent_id, t.attempt, t.abort_requested_at,
             s.session_id, m.content, m.metadata, c.state
      from unnest(?::bigint[]) as asked (session_key)
      cross join lateral (
        select * from tidemark.turn q where q.session_key = asked.session_key and q.status = 'queued'
        order by q.turn_number limit 1) t
      join tidemark.session s on s.session_key = t.session_key
      join tidemark.session_state c on c.session_key = t.session_key
      left join tidemark.message m on (m.session_key, m.cursor) = (t.session_key, t.message_cursor)
      where not exists (select from tidemark.turn r where r.session_key = asked.session_key and r.status = 'running')""";

  private static final String BEGIN =
      """
      update tidemark.turn t
      set status = 'running', started_cursor = b.cursor, started_at = b.started_at, lease_owner = b.lease_owner, lease_ends_at = b.lease_ends_at
      from unnest(?::text[], ?::bigint[], ?::timestamptz[], ?::text[], ?::timestamptz[]) as b (turn_id, cursor, started_at, lease_owner, lease_ends_at)
      where t.turn_id = b.turn_id::uuid""";

  @Inject Appender appender;
  @Inject Settings settings;

  /** A session whose next turn is asked for, and that turn: found by a writer, read after it. */
  static final class Start {
    private final long sessionKey;
    private StartedTurn next;

    Start(long sessionKey) {
      this.sessionKey = sessionKey;
    }
  }

  /** Says that no turn waits, or that one runs. */
  private static final class NothingToStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToStartException() {
      super(null, null, false, false);
    }
  }

  /**
   * Starts the next turn of a session, unless one is running or none is waiting, and waits until
   * that is durable. If it fails, the turn may have started unseen: nobody runs it, nobody renews
   * its lease, and the sweep finds it when that has run out.
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

  /** Two who ask for one session in one batch: the second is told of what comes of the first. */
  @Override
  public List<Verdict> judge(Connection connection, List<Start> starts) throws SQLException {
    Map<Long, StartedTurn> next = next(connection, starts);
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

  private static Map<Long, StartedTurn> next(Connection connection, List<Start> starts)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      var unused = new ColumnArrays<>(find, starts).longs(start -> start.sessionKey);
      try (ResultSet row = find.executeQuery()) {
        Map<Long, StartedTurn> next = new HashMap<>();
        while (row.next()) {
          StartedTurn turn = StartedTurn.of(row);
          next.put(turn.turn().sessionKey, turn);
        }
        return next;
      }
    }
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
    List<Turn> turns = written.stream().map(start -> start.subject().next.turn()).toList();
    try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
      var unused =
          new ColumnArrays<>(begin, turns)
              .texts(turn -> turn.turnId.toString())
              .longs(turn -> turn.startedCursor)
              .texts(turn -> turn.startedAt.toString())
              .texts(turn -> turn.leaseOwner)
              .texts(turn -> turn.leaseEndsAt.toString());
      begin.executeUpdate();
    }
  }
}
