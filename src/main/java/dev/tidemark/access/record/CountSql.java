package dev.tidemark.access.record;

import dev.tidemark.ops.RefusedRows;
import dev.tidemark.wire.JsonText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Inserts counts in one transaction, many at once, as JSON, because some columns may be missing.
 * Times are the database's: each is computed from its age.
 */
final class CountSql {
  private final Connection connection;
  private final String node;
  private final String now;
  private final long nowNanos;
  private final RefusedRows refusedRows;

  private CountSql(Connection connection, String node, String now, long nowNanos) {
    this.connection = connection;
    this.node = node;
    this.now = now;
    this.nowNanos = nowNanos;
    refusedRows = new RefusedRows(connection);
  }

  /** Reads the database's clock; all statements of the transaction use this time. */
  static CountSql begin(Connection connection, String node) throws SQLException {
    try (PreparedStatement limit = connection.prepareStatement("set local lock_timeout = '2s'")) {
      limit.execute(); // a stopping node waits for this
    }
    long nowNanos = System.nanoTime(); // before the query, so that nothing is dated too early
    try (PreparedStatement ask = connection.prepareStatement("select clock_timestamp()::text");
        ResultSet row = ask.executeQuery()) {
      row.next();
      return new CountSql(connection, node, row.getString(1), nowNanos);
    }
  }

  Connection connection() {
    return connection;
  }

  String node() {
    return node;
  }

  /** The time at which the transaction began, as the database writes it. */
  String now() {
    return now;
  }

  /**
   * Inserts a row for each count, but for those whose values the database refuses.
   *
   * @param sql takes the node, a JSON array, and the time; each element of the array has {@code
   *     id}, {@code first_micros_ago}, {@code last_micros_ago}, {@code times}, and the fields
   * @param fields adds the fields of what was counted
   * @return those that are refused, which no later attempt can insert
   */
  <T> List<Tally.Count<T>> insert(
      String sql, List<Tally.Count<T>> counts, BiConsumer<T, JsonText> fields) throws SQLException {
    return refusedRows.of(counts, some -> insertAll(sql, some, fields));
  }

  /** The reason of the newest refusal, if there was one. */
  Optional<SQLException> refusal() {
    return refusedRows.reason();
  }

  private <T> void insertAll(
      String sql, List<Tally.Count<T>> counts, BiConsumer<T, JsonText> fields) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setString(1, node);
      insert.setString(
          2,
          counts.stream()
              .map(count -> row(count, fields))
              .collect(Collectors.joining(",", "[", "]")));
      insert.setString(3, now);
      insert.executeUpdate();
    }
  }

  private <T> String row(Tally.Count<T> count, BiConsumer<T, JsonText> fields) {
    JsonText row =
        JsonText.object()
            .text("id", count.id.toString())
            .number("first_micros_ago", microsAgo(count.firstNanos))
            .number("last_micros_ago", microsAgo(count.lastNanos))
            .number("times", count.times);
    fields.accept(count.what, row);
    return row.end();
  }

  private long microsAgo(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nowNanos - nanos);
  }
}
