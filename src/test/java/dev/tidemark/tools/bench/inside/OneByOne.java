package dev.tidemark.tools.bench.inside;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Appends one row a transaction by plain JDBC: counter and event in one statement with its commit.
 */
@ApplicationScoped
public class OneByOne {
  private static final String STATEMENT =
      """
      with moved as (
        update tidemark.session_head set head_cursor = head_cursor + 1, last_event_at = clock_timestamp()
        where session_key = ? returning session_key, head_cursor)
      insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
      select session_key, head_cursor, gen_random_uuid(), 1, 'message', 'alice', ?::json, clock_timestamp(), decode(repeat('00', 32), 'hex')
      from moved""";

  @Inject BenchCallers callers;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource datasource;

  /** Runs {@code writers} writers, each on a connection of its own. */
  JsonObject run(BenchServlet.Sessions sessions, JsonObject command) {
    int writers = command.getInt("writers");
    String payload = Payload.of(command.getInt("bytes"));
    long begin = System.nanoTime();
    long end = begin + command.getInt("millis") * 1_000_000L;
    long appended =
        callers.together(writers, writer -> () -> append(sessions, writer, payload, end));
    return Json.createObjectBuilder()
        .add("per_second", appended / ((System.nanoTime() - begin) / 1e9))
        .add("appended", appended)
        .build();
  }

  private long append(BenchServlet.Sessions sessions, int writer, String payload, long end)
      throws SQLException {
    long count = 0;
    try (Connection connection = datasource.getConnection();
        PreparedStatement append = connection.prepareStatement(STATEMENT)) {
      for (long i = writer; System.nanoTime() < end; i++) {
        append.setLong(1, sessions.key(i));
        append.setString(2, payload);
        append.executeUpdate();
        count++;
      }
    }
    return count;
  }
}
