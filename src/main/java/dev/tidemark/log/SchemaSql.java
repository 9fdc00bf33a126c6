package dev.tidemark.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Reads what a node has to know of its database before it uses it. */
final class SchemaSql {
  private static final String EXISTS = "select to_regclass('tidemark.schema_version') is not null";

  private static final String VERSION =
      "select coalesce(max(version), 0), coalesce(max(compatible_from), 0) from tidemark.schema_version";

  private static final String NOT_DURABLE =
      """
      select string_agg(name || '=' || setting, ', ' order by name) from pg_catalog.pg_settings
      where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'""";

  private static final String READ_ONLY = "select current_setting('transaction_read_only') = 'on'";

  private static final String EPOCH =
      "select epoch_id::text from tidemark.epoch order by epoch_number desc limit 1";

  private final Connection connection;

  SchemaSql(Connection connection) {
    this.connection = connection;
  }

  /**
   * The version of a schema.
   *
   * @param number the newest migration that was applied, 0 before the first
   * @param compatibleFrom the oldest version whose applications can use it
   */
  record Version(int number, int compatibleFrom) {}

  /** The version of the schema {@code tidemark}; empty if there is none. */
  Optional<Version> version() throws SQLException {
    if (!row(EXISTS, row -> row.getBoolean(1))) {
      return Optional.empty();
    }
    return Optional.of(row(VERSION, row -> new Version(row.getInt(1), row.getInt(2))));
  }

  /** The settings that let the database lose commits, if there are any. */
  Optional<String> notDurable() throws SQLException {
    return Optional.ofNullable(row(NOT_DURABLE, row -> row.getString(1)));
  }

  /** Whether this node's transactions may change nothing. */
  boolean isReadOnly() throws SQLException {
    return row(READ_ONLY, row -> row.getBoolean(1));
  }

  /** The id of the epoch in force. */
  String epoch() throws SQLException {
    return row(EPOCH, row -> row.getString(1));
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> T row(String query, Reading<T> reading) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query);
        ResultSet row = select.executeQuery()) {
      row.next();
      return reading.of(row);
    }
  }
}
