package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.config.LogSettings;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.Sessions;
import dev.tidemark.testing.container.Announcements;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.wire.EventFrame;
import jakarta.annotation.Resource;
import jakarta.ejb.EJBException;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** The log, called as the other rooms call it, in the container's own transactions. */
@ArquillianTest
class EventLogIT {
  private static final long EVENT_BYTES = LogSettings.EVENT_BYTES.defaultValue();

  @Inject EventLog log;
  @Inject Sessions sessions;
  @Inject Storage storage;
  @Inject Announcements announcements;

  @Resource(lookup = "java:jboss/UserTransaction")
  private UserTransaction transaction;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource datasource;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-background")
  private ManagedExecutorService executor;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(EventLogIT.class, Announcements.class);
  }

  @Test
  void theMappingIsThatOfTheSchema() {
    assertEquals(Optional.empty(), storage.look(true, true).problem());
  }

  @Test
  void appendsAreNumberedFromOneWithoutAHole() {
    long session = newSession();
    assertEquals(List.of(1L, 2L), cursors(log.append(session, drafts("a", "b"))));
    assertEquals(List.of(3L), cursors(log.append(session, drafts("c"))));
    assertEquals(3, log.position(session).head());
    assertEquals(1, log.position(session).floor());
  }

  @Test
  void anAppendWithoutAnEventIsRefused() {
    long session = newSession();
    EJBException refusal = assertThrows(EJBException.class, () -> log.append(session, List.of()));
    assertInstanceOf(IllegalArgumentException.class, refusal.getCause());
  }

  @Test
  void aRollbackLeavesNoHole() throws Exception {
    long session = newSession();
    log.append(session, drafts("a"));
    transaction.begin();
    assertEquals(List.of(2L, 3L), cursors(log.append(session, drafts("lost", "lost too"))));
    transaction.rollback();
    assertEquals(List.of(2L), cursors(log.append(session, drafts("b"))));
    assertEquals(
        List.of("{\"content\":\"a\"}", "{\"content\":\"b\"}"),
        payloads(log.page(new TenantSession("default", session), 1, 10, 1_000)));
  }

  @Test
  void whatIsAppendedIsAnnouncedOnlyAfterTheCommit() throws Exception {
    long session = newSession();
    transaction.begin();
    log.append(session, drafts("a", "b"));
    assertEquals(List.of(), announcements.heads(session));
    transaction.commit();
    assertEquals(List.of(2L), announcements.heads(session));
  }

  @Test
  void whatIsRolledBackIsNeverAnnounced() throws Exception {
    long session = newSession();
    transaction.begin();
    log.append(session, drafts("lost"));
    transaction.rollback();
    log.append(session, drafts("kept"));
    assertEquals(List.of(1L), announcements.heads(session));
  }

  @Test
  void appendsOfManyThreadsToOneSessionAreDense() throws Exception {
    long session = newSession();
    int threads = 4;
    int each = 25;
    List<Callable<Void>> callers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      callers.add(
          () -> {
            for (int n = 0; n < each; n++) {
              log.append(session, drafts("x", "y"));
            }
            return null;
          });
    }
    for (Future<Void> caller : executor.invokeAll(callers)) {
      caller.get();
    }
    List<Long> all =
        cursors(log.page(new TenantSession("default", session), 1, 1_000, Long.MAX_VALUE).events());
    assertEquals(LongStream.rangeClosed(1, 2L * threads * each).boxed().toList(), all);
    assertEquals(threads * each, announcements.heads(session).size());
  }

  @Test
  void aPayloadMayHaveExactlyTheLimit() {
    long session = newSession();
    assertEquals(1, log.append(session, List.of(ofBytes(EVENT_BYTES))).size());
    assertThrows(
        PayloadTooLargeException.class,
        () ->
            log.append(
                session,
                Stream.concat(drafts("a").stream(), Stream.of(ofBytes(EVENT_BYTES + 1))).toList()));
    assertEquals(1, log.position(session).head());
  }

  @Test
  void aPageIsCutByEventsAndByBytesButNeverEmpty() {
    long session = newSession();
    log.append(session, drafts("aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"));
    int bytes = payloads(log.page(new TenantSession("default", session), 1, 1, 1)).get(0).length();
    assertEquals(
        List.of(1L), cursors(log.page(new TenantSession("default", session), 1, 10, 1).events()));
    assertEquals(
        List.of(1L),
        cursors(log.page(new TenantSession("default", session), 1, 10, 2L * bytes - 1).events()));
    assertEquals(
        List.of(1L, 2L),
        cursors(log.page(new TenantSession("default", session), 1, 10, 2L * bytes).events()));
    assertEquals(
        List.of(2L, 3L),
        cursors(log.page(new TenantSession("default", session), 2, 2, Long.MAX_VALUE).events()));
    assertEquals(
        List.of(),
        cursors(log.page(new TenantSession("default", session), 4, 2, Long.MAX_VALUE).events()));
    assertEquals(
        3, log.page(new TenantSession("default", session), 4, 2, Long.MAX_VALUE).position().head());
  }

  @Test
  void anUnknownSessionIsRefused() {
    assertThrows(UnknownSessionException.class, () -> log.append(-1, drafts("a")));
    assertThrows(UnknownSessionException.class, () -> log.position(-1));
  }

  /**
   * The chain is computed in Java at the append and recomputed in SQL by the auditor: one layout.
   */
  @Test
  void theChainIsTheOneThatTheDatabaseComputes() throws SQLException {
    long session = newSession();
    log.append(session, drafts("a", "\u00e9 \ud83c\udf0a \"quoted\""));
    log.append(
        session,
        List.of(
            Draft.ofTurn(
                java.util.UUID.randomUUID(), "token_stream", "echo", "{ \"content\" : 1.0 }")));
    try (Connection connection = datasource.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select count(*) filter (where chain_hash = tidemark.event_hash(
                         previous, epoch_id, session_id, cursor, event_id, type, source, turn_id, created_at, payload::text)), count(*)
                from (select e.*, s.session_id, p.epoch_id,
                             lag(e.chain_hash, 1, decode(repeat('00', 32), 'hex')) over (order by e.cursor) as previous
                      from tidemark.event e join tidemark.session s using (session_key) join tidemark.epoch p using (epoch_number)
                      where e.session_key = ?) chained\
                """)) {
      select.setLong(1, session);
      try (ResultSet row = select.executeQuery()) {
        assertTrue(row.next());
        assertEquals(3, row.getLong(2));
        assertEquals(3, row.getLong(1));
      }
    }
  }

  private long newSession() {
    return sessions
        .create("default", SessionId.random(), "echo", "alice")
        .orElseThrow()
        .sessionKey();
  }

  private static List<Draft> drafts(String... contents) {
    return Stream.of(contents)
        .map(
            content ->
                Draft.of(
                    "message",
                    "alice",
                    jakarta.json.Json.createObjectBuilder()
                        .add("content", content)
                        .build()
                        .toString()))
        .toList();
  }

  private static Draft ofBytes(long bytes) {
    return Draft.of(
        "message",
        "alice",
        "{\"content\":\""
            + "x".repeat(Math.toIntExact(bytes) - "{\"content\":\"\"}".length())
            + "\"}");
  }

  private static List<Long> cursors(List<EventFrame> events) {
    return events.stream().map(EventFrame::cursor).toList();
  }

  private static List<String> payloads(Page page) {
    return page.events().stream().map(EventFrame::data).toList();
  }
}
