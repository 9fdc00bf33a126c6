package dev.tidemark.log;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A condition that appends hang on, as part of the statement that writes them. */
public interface AppendCondition {
  /** An SQL expression: whether all of them may go on. Always the same text for one companion. */
  String condition();

  /**
   * Sets its parameters, from this index on.
   *
   * @return the next index
   */
  int set(PreparedStatement statement, int index) throws SQLException;
}
