package dev.tidemark.log;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * Sets the parameters of a statement that takes many rows as column arrays, for {@code unnest}, in
 * the order of the columns.
 */
public final class ColumnArrays<T> {
  private final PreparedStatement statement;
  private final List<T> rows;
  private int set;

  public ColumnArrays(PreparedStatement statement, List<T> rows) {
    this.statement = statement;
    this.rows = rows;
  }

  public ColumnArrays<T> longs(Function<T, Long> column) throws SQLException {
    return add("bigint", rows.stream().map(column).toArray(Long[]::new));
  }

  /** Texts, and values that the statement casts from text. */
  public ColumnArrays<T> texts(Function<T, String> column) throws SQLException {
    return add("text", rows.stream().map(column).toArray(String[]::new));
  }

  private ColumnArrays<T> add(String type, Object[] values) throws SQLException {
    set++;
    statement.setArray(set, statement.getConnection().createArrayOf(type, values));
    return this;
  }
}
