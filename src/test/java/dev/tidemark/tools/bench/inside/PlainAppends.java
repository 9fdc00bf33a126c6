package dev.tidemark.tools.bench.inside;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Appends the same rows by plain JDBC on the server's own pool, at the least cost of durable,
 * numbered events: one statement moves the counters, one inserts a whole batch, one commit. Each
 * writer has sessions of its own, so nothing waits for a lock; hashes are computed only on demand;
 * there is no clock, no epoch and no announcement. Arrays of texts, numbers and bytes go in binary
 * form, which arrays of other objects do not.
 */
@ApplicationScoped
public class PlainAppends {
  private static final String MOVE =
      """
      update tidemark.session_head h set head_cursor = h.head_cursor + asked.events, chain_hash = ?, last_event_at = clock_timestamp()
      from (select session_key, count(*) as events from unnest(?::bigint[]) as keys (session_key) group by session_key) as asked
      where h.session_key = asked.session_key
      returning h.session_key, h.head_cursor - asked.events""";

  private static final String INSERT =
      """
      insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
      select session_key, cursor, event_id::uuid, 1, 'message', 'alice', payload::json, transaction_timestamp(), chain_hash
      from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bytea[]) as e (session_key, cursor, event_id, payload, chain_hash)""";

  /** The approximate size of the fields that the chain hashes beside payload and previous hash. */
  private static final int FIELDS_BYTES = 190;

  @Inject BenchCallers callers;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource datasource;

  /** Runs {@code writers} writers with {@code rows} rows a transaction. */
  JsonObject run(BenchServlet.Sessions sessions, JsonObject command) {
    int writers = command.getInt("writers");
    int rows = command.getInt("rows");
    String payload = Payload.of(command.getInt("bytes"));
    long begin = System.nanoTime();
    long end = begin + command.getInt("millis") * 1_000_000L;
    long appended =
        callers.together(
            writers,
            writer ->
                () ->
                    append(
                        new Batches(sessions, writer, writers, rows),
                        payload,
                        command.getBoolean("hashing", false),
                        end));
    return Json.createObjectBuilder()
        .add("per_second", appended / ((System.nanoTime() - begin) / 1e9))
        .add("appended", appended)
        .build();
  }

  private long append(Batches batches, String payload, boolean hashing, long end)
      throws SQLException {
    byte[][] hashes = new byte[batches.rows()][32];
    byte[] hashed = (payload + "x".repeat(FIELDS_BYTES)).getBytes(UTF_8);
    MessageDigest digest = sha256();
    String[] payloads = Collections.nCopies(batches.rows(), payload).toArray(String[]::new);
    long count = 0;
    try (Connection connection = datasource.getConnection();
        PreparedStatement move = connection.prepareStatement(MOVE);
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      connection.setAutoCommit(false);
      for (long batch = 0; System.nanoTime() < end; batch++) {
        Long[] keys = batches.keys(batch);
        for (int i = 0; hashing && i < hashes.length; i++) {
          digest.update(hashes[i]);
          hashes[i] = digest.digest(hashed);
        }
        move.setBytes(1, hashes[0]);
        move.setArray(2, connection.createArrayOf("bigint", keys));
        insert.setArray(1, connection.createArrayOf("bigint", keys));
        insert.setArray(2, connection.createArrayOf("bigint", cursors(keys, move)));
        insert.setArray(3, connection.createArrayOf("text", ids(keys.length)));
        insert.setArray(4, connection.createArrayOf("text", payloads));
        insert.setArray(5, connection.createArrayOf("bytea", hashes));
        count += insert.executeUpdate();
        connection.commit();
      }
    }
    return count;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Long[] cursors(Long[] keys, PreparedStatement move) throws SQLException {
    Map<Long, Long> heads = new HashMap<>();
    try (ResultSet row = move.executeQuery()) {
      while (row.next()) {
        heads.put(row.getLong(1), row.getLong(2));
      }
    }
    Long[] cursors = new Long[keys.length];
    for (int i = 0; i < keys.length; i++) {
      cursors[i] = heads.merge(keys[i], 1L, Long::sum);
    }
    return cursors;
  }

  private static String[] ids(int count) {
    String[] ids = new String[count];
    Arrays.setAll(ids, i -> UUID.randomUUID().toString());
    return ids;
  }

  /** The sessions of one writer, {@code rows} at a time. */
  private record Batches(BenchServlet.Sessions sessions, int writer, int writers, int rows) {
    Long[] keys(long batch) {
      Long[] keys = new Long[rows];
      Arrays.setAll(keys, i -> sessions.key((batch * rows + i) * writers + writer));
      return keys;
    }
  }
}
