package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What goes with appends of one kind, in the same transaction: a condition, and rows beside the
 * events. It is asked about a whole batch at once, so that each question is one statement however
 * many appends share the commit. All calls but the last hold the sessions' locks.
 *
 * @param <S> what the companion has to know of an append
 */
public interface AppendParticipant<S> {
  /** Whether an append may go on, in the order of the subjects. */
  List<Verdict> judge(Connection connection, List<S> subjects) throws SQLException;

  /**
   * The same question as a part of the statement that writes the events, for companions that have
   * nothing to write themselves. If the answer is no, each append is judged. Empty if it cannot be
   * asked so.
   */
  default Optional<AppendCondition> guard(List<S> subjects) {
    return Optional.empty();
  }

  /** Whether {@link #write} does anything; if not, the commit need not wait for it. */
  default boolean writes() {
    return true;
  }

  /** Writes what belongs to these events, which are written but not committed. */
  default void write(Connection connection, List<Written<S>> written) throws SQLException {}

  /** Told when all of it is committed. Must not wait and must not fail. */
  default void committed(List<Written<S>> written) {}

  /** The events of one append. */
  record Written<S>(S subject, long sessionKey, List<EventFrame> events) {}

  /**
   * @param refusal why it may not be appended; {@code null} if it may, or if it is to be asked
   *     again
   * @param again whether it waits for the next batch, because of another append in this one
   * @param drafts what is appended; {@code null} if it is what the append came with
   */
  record Verdict(RuntimeException refusal, boolean again, List<Draft> drafts) {
    public static final Verdict GO = new Verdict(null, false, null);
    public static final Verdict AGAIN = new Verdict(null, true, null);

    public static Verdict refuse(RuntimeException why) {
      return new Verdict(why, false, null);
    }

    /** It may go on with these events, which say what only the lock made certain. */
    public static Verdict goWith(List<Draft> drafts) {
      return new Verdict(null, false, drafts);
    }
  }
}
