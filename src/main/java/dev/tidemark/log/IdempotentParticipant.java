package dev.tidemark.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A participant whose appends carry a sender's key and happen once for each key, however often they
 * are sent (R10). The look for an earlier copy, the event and its key are one transaction under the
 * session's lock. The appends go through {@link Appender#appendOnce}.
 */
public interface IdempotentParticipant<S> extends AppendParticipant<S> {
  /** The key that makes an append unique; two subjects are copies if their keys are equal. */
  Object keyOf(S subject);

  /** Returns the cursors of earlier copies in the order of the subjects, 0 where there is none. */
  long[] earlierCopies(Connection connection, List<S> subjects) throws SQLException;

  /**
   * Refuses an append that is in the log already. Of two copies in one batch the second is
   * deferred, so that it learns the cursor of the first.
   */
  @Override
  default List<Verdict> judge(Connection connection, List<S> subjects) throws SQLException {
    long[] cursors = earlierCopies(connection, subjects);
    Set<Object> seen = new HashSet<>();
    List<Verdict> verdicts = new ArrayList<>(subjects.size());
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i] > 0) {
        verdicts.add(Verdict.refuse(new AlreadyAppendedException(cursors[i])));
      } else {
        verdicts.add(seen.add(keyOf(subjects.get(i))) ? Verdict.GO : Verdict.DEFER);
      }
    }
    return verdicts;
  }

  /**
   * The location of an append's event.
   *
   * @param duplicate whether an earlier append wrote the event, and nothing was appended now
   */
  record Receipt(long cursor, boolean duplicate) {}
}
