package dev.tidemark.log;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A condition on which appends depend, as part of the statement that writes them. */
public interface AppendCondition {
  /**
   * An SQL expression that is true if all of the appends may go on; always the same text for one
   * participant.
   */
  String sql();

  /**
   * Sets the parameters of the expression, from this index on.
   *
   * @return the next index
   */
  int set(PreparedStatement statement, int index) throws SQLException;
}
