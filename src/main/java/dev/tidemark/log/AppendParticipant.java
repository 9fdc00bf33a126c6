package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Takes part in the transaction of the {@link Appender} for appends of one kind: decides under the
 * sessions' locks whether each may go on, and writes rows of its own beside the events.
 *
 * <p>Through this interface the log calls upwards without knowing its callees. A room above
 * implements it, hands itself in with each append, and is called back on a writer's thread: {@code
 * turn.Messages} looks for an earlier copy and queues a turn (R10), {@code turn.TurnStarts} finds
 * the next turn, {@code turn.TurnEvents} checks the lease, {@code turn.TurnEnds}, {@code
 * turn.TurnAborts} and {@code turn.TurnInterruptions} end the turn, and {@code
 * session.Publications} keeps the producers' ids. So all of them share the group commit, and this
 * room needs no arrow to theirs.
 *
 * <p>The calls for one append, in order: {@link #condition} or {@link #judge}, then {@link #write},
 * then {@link #committed}. Each gets a whole batch at once, so that it costs one statement however
 * many appends share the commit. {@code judge} and {@code write} hold the locks of all sessions of
 * the batch: they must use the given connection and must not wait for anything else. An exception
 * from them fails the batch, which is then tried again in halves.
 *
 * @param <S> the subject: the data of an append that the participant needs
 */
public interface AppendParticipant<S> {
  /** Decides for each append whether it may go on, in the order of the subjects. */
  List<Verdict> judge(Connection connection, List<S> subjects) throws SQLException;

  /**
   * Returns the question of {@link #judge} as part of the statement that writes the events, for
   * participants that write nothing themselves. If the condition does not hold, nothing is written
   * and each append is judged.
   *
   * @return empty if the question cannot be asked in this way
   */
  default Optional<AppendCondition> condition(List<S> subjects) {
    return Optional.empty();
  }

  /** Whether {@link #write} does anything; if not, the commit travels with the events. */
  default boolean writes() {
    return true;
  }

  /**
   * Whether what it writes may change the verdict on a later append of the session, of any kind.
   * All appends of a batch are judged by the state before it: so an append of this kind comes into
   * no batch in which rows are written for its session before it, and what comes behind it waits
   * for the next batch.
   */
  default boolean changesVerdicts() {
    return false;
  }

  /** Writes the rows that belong to these events, which are inserted but not committed. */
  default void write(Connection connection, List<Written<S>> written) throws SQLException {}

  /** Called after the commit. Must not wait and must not fail. */
  default void committed(List<Written<S>> written) {}

  /** The events of one append. */
  record Written<S>(S subject, long sessionKey, List<EventFrame> events) {}

  /**
   * The decision about one append.
   *
   * @param refusal the reason of a refusal, or {@code null}
   * @param deferred whether it waits for the next batch and is judged again there
   * @param held whether it waits, as for its session's row, for a row of the participant's
   * @param drafts the events to append; {@code null} for the append's own
   */
  record Verdict(RuntimeException refusal, boolean deferred, boolean held, List<Draft> drafts) {
    /** The append goes on as it came. */
    public static final Verdict GO = new Verdict(null, false, false, null);

    /** The append waits for the next batch, because it depends on another of this batch. */
    public static final Verdict DEFER = new Verdict(null, true, false, null);

    /** The append is tried again in a moment, because somebody else holds a row that it needs. */
    public static final Verdict HELD = new Verdict(null, false, true, null);

    /** The append has no event: the participant only writes its rows. */
    public static final Verdict ROWS_ONLY = goWith(List.of());

    /** The append is refused, and its result fails with this exception. */
    public static Verdict refuse(RuntimeException why) {
      return new Verdict(why, false, false, null);
    }

    /** The append goes on with these events, whose content is certain only under the lock. */
    public static Verdict goWith(List<Draft> drafts) {
      return new Verdict(null, false, false, drafts);
    }
  }
}
