package dev.tidemark.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The statements by which nodes notify each other, on a connection that commits each of them. */
final class NotificationSql {
  /** A hint survives no crash anyway, so its commit does not wait for the disk. */
  private static final String NOTIFY =
      "select set_config('synchronous_commit', 'off', true), pg_notify(?, ?)";

  private static final String LISTEN = "listen ";

  private NotificationSql() {}

  /** Sends notifications on a channel. */
  static void send(Connection connection, String channel, List<String> payloads)
      throws SQLException {
    try (PreparedStatement send = connection.prepareStatement(NOTIFY)) {
      for (String payload : payloads) {
        send.setString(1, channel);
        send.setString(2, payload);
        send.execute();
      }
    }
  }

  /** Makes the connection receive the notifications on a channel from now on. */
  static void listen(Connection connection, String channel) throws SQLException {
    try (Statement listen = connection.createStatement()) {
      listen.execute(LISTEN + channel);
    }
  }
}
