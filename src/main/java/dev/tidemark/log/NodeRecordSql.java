package dev.tidemark.log;

import dev.tidemark.ops.Version;
import dev.tidemark.wire.JsonText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** Records the start of a node with its version and settings. */
final class NodeRecordSql {
  private static final String INSERT =
      """
      insert into tidemark.node_record
        (node, seen_at, record_every, version, schema_version, java_version, server_version, settings)
      values (?, clock_timestamp(), ? * interval '1 millisecond', ?, ?, ?, ?, ?::json)
      on conflict (node) do nothing""";

  private NodeRecordSql() {}

  /**
   * @param recordEvery interval at which the node records its clients, and that it was seen
   * @param server name and version of the application server
   * @param settings the settings that differ from their defaults
   */
  static void insert(
      Connection connection,
      String node,
      Duration recordEvery,
      String server,
      Map<String, String> settings)
      throws SQLException {
    JsonText json = JsonText.object();
    settings.forEach(json::text);
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, node);
      insert.setLong(2, recordEvery.toMillis());
      insert.setString(3, Version.TEXT);
      insert.setInt(4, Storage.SCHEMA_VERSION);
      insert.setString(5, Runtime.version().toString());
      insert.setString(6, server);
      insert.setString(7, json.end());
      insert.executeUpdate();
    }
  }
}
