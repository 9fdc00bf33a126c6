package dev.tidemark.turn;

import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendParticipant;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.log.Sender;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

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
    private final Sender sender;
    private final LongPredicate room;
    private StartedTurn next;

    /**
     * @param room whether there is room for so many bytes of heap, which it takes then
     */
    Start(long sessionKey, Sender sender, LongPredicate room) {
      this.sessionKey = sessionKey;
      this.sender = sender;
      this.room = room;
    }
  }

  /** Thrown if no turn of the sender is next, or there is no room for it. */
  private static final class NothingToStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToStartException() {
      super(null, null, false, false);
    }
  }

  /**
   * Starts the next turn of a session if it answers a message of this sender, whose share of the
   * places it takes, and none is running. Waits until the start is durable. After a failure the
   * turn may have started unseen: no node runs it or renews its lease, and the sweep finds it when
   * the lease has run out.
   *
   * @param room whether there is room for so many bytes of heap; asked by a writer, so it never
   *     waits
   */
  Optional<StartedTurn> start(long sessionKey, Sender sender, LongPredicate room) {
    Start start = new Start(sessionKey, sender, room);
    try {
      var unused = appender.appendAndWait(sender, sessionKey, List.of(), this, start);
      return Optional.of(start.next);
    } catch (NothingToStartException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<Verdict> judge(Connection connection, List<Start> starts) throws SQLException {
    Map<Long, StartedTurn> next =
        TurnQueueSql.next(connection, starts.stream().map(start -> start.sessionKey).toList());
    List<Verdict> verdicts = new ArrayList<>(starts.size());
    for (Start start : starts) {
      start.next = next.get(start.sessionKey);
      verdicts.add(verdict(start));
    }
    return verdicts;
  }

  private static Verdict verdict(Start start) {
    if (start.next == null || !start.next.sender().equals(start.sender)) {
      return Verdict.refuse(new NothingToStartException());
    }
    if (!start.next.isFree()) {
      return Verdict.HELD;
    }
    return start.room.test(start.next.mostHeapBytes())
        ? Verdict.goWith(List.of(started(start.next.turn())))
        : Verdict.refuse(new NothingToStartException());
  }

  /** The first event of a turn. */
  static Draft started(Turn turn) {
    return Draft.ofTurn(
        turn.turnId, EventTypes.TURN_STARTED, turn.agentId, Payloads.turnStarted(turn));
  }

  @Override
  public boolean changesVerdicts() {
    return true;
  }

  @Override
  public void write(Connection connection, List<Written<Start>> written) throws SQLException {
    for (Written<Start> start : written) {
      EventFrame event = start.events().get(0);
      start.subject().next.turn().begin(event, settings);
    }
    TurnQueueSql.begin(
        connection, written.stream().map(start -> start.subject().next.turn()).toList());
  }
}
