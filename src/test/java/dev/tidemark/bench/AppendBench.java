package dev.tidemark.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.container.TidemarkArchive;
import dev.tidemark.log.Draft;
import dev.tidemark.log.EventLog;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.Sessions;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.logging.Logger;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/**
 * Durable appends a second through {@link EventLog}, beside the same rows by one plain JDBC
 * statement a transaction.
 */
@ArquillianTest
class AppendBench {
  private static final Logger LOG = Logger.getLogger(AppendBench.class);
  private static final int CALLERS = 4;
  private static final long ROUND_NANOS = 3_000_000_000L;
  private static final String DATA = "{\"content\":\"" + "x".repeat(186) + "\"}"; // 200 bytes

  /**
   * Counter and event in one statement: as little as a durable, numbered event can cost, without
   * chain, clock or epoch.
   */
  private static final String PLAIN =
      """
      with moved as (update tidemark.session_head set head_cursor = head_cursor + 1 where session_key = ? returning session_key, head_cursor)
      insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash)
      select session_key, head_cursor, gen_random_uuid(), 1, 'message', 'alice', ?::json, clock_timestamp(), decode(repeat('00', 32), 'hex')
      from moved""";

  @Inject EventLog log;
  @Inject Sessions sessions;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource datasource;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-background")
  private ManagedExecutorService executor;

  /** One append by a caller that cycles through its sessions. */
  private interface Append {
    void to(long sessionKey) throws SQLException;
  }

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(AppendBench.class, Append.class, Figures.class);
  }

  @Test
  void appendsASecond() throws Exception {
    compare("1 session");
    compare("100 sessions");
  }

  private void compare(String what) {
    int count = Integer.parseInt(what.substring(0, what.indexOf(' ')));
    Figures ours =
        Figures.of(
            () ->
                rate(
                    newSessions(count),
                    key -> log.append(key, List.of(Draft.of("message", "alice", DATA)))));
    Figures plain = Figures.of(() -> rate(newSessions(count), this::plain));
    LOG.infof(
        "BENCH appends/s, %s, %d callers: EventLog %s, plain JDBC %s, ratio %.2f",
        what, CALLERS, ours, plain, ours.median() / plain.median());
    assertTrue(ours.median() > 0);
  }

  private void plain(long sessionKey) throws SQLException {
    try (Connection connection = datasource.getConnection();
        PreparedStatement append = connection.prepareStatement(PLAIN)) {
      append.setLong(1, sessionKey);
      append.setString(2, DATA);
      append.executeUpdate();
    }
  }

  private List<Long> newSessions(int count) {
    return LongStream.range(0, count)
        .mapToObj(
            i ->
                sessions
                    .create("default", SessionId.random(), "echo", "alice")
                    .orElseThrow()
                    .sessionKey())
        .toList();
  }

  private double rate(List<Long> keys, Append append) {
    LongAdder appended = new LongAdder();
    long end = System.nanoTime() + ROUND_NANOS;
    List<Future<?>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller;
      callers.add(
          executor.submit(
              () -> {
                for (int i = first; System.nanoTime() < end; i += CALLERS) {
                  append.to(keys.get(i % keys.size()));
                  appended.increment();
                }
                return null;
              }));
    }
    try {
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return appended.sum() / (ROUND_NANOS / 1e9);
  }
}
