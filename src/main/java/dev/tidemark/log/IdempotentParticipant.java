package dev.tidemark.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A participant whose appends carry a key of their sender's and happen once for each key, however
 * often they are sent (R10). The look for an earlier copy, the event and its key are one
 * transaction under the session's lock. Its appends go through {@link Appender#appendOnce}.
 */
public interface IdempotentParticipant<S> extends AppendParticipant<S> {
  /** The key that makes an append unique; two subjects are copies if their keys are equal. */
  Object keyOf(S subject);

  /** Looks for earlier copies: the cursor of each in the order of the subjects, 0 for none. */
  long[] earlierCopies(Connection connection, List<S> subjects) throws SQLException;

  /**
   * Refuses an append that is in the log already. Of two copies in one batch the second is
   * deferred, so that it learns where the first one is.
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
   * Where the event of an append is.
   *
   * @param duplicate whether an earlier append brought it there, and nothing was appended now
   */
  record Receipt(long cursor, boolean duplicate) {}
}
