package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.config.LogSettings;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.Sessions;
import dev.tidemark.testing.container.Announcements;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.wire.EventFrame;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** Group commit: many callers, few transactions, and none of them in another's way. */
@ArquillianTest
class AppenderIT {
  @Inject Appender appender;
  @Inject EventLog log;
  @Inject Sessions sessions;
  @Inject Announcements announcements;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource datasource;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(AppenderIT.class, Announcements.class);
  }

  @Test
  void appendsOfManyCallersAreDenseAndAnnouncedInOrder() throws Exception {
    List<Long> keys = LongStream.range(0, 20).map(i -> newSession()).boxed().toList();
    List<CompletableFuture<List<EventFrame>>> results = new ArrayList<>();
    for (int round = 0; round < 50; round++) {
      for (long key : keys) {
        results.add(append(key, drafts("x", "y")));
      }
    }
    for (CompletableFuture<List<EventFrame>> result : results) {
      assertEquals(2, get(result).size());
    }
    for (long key : keys) {
      List<Long> dense = LongStream.rangeClosed(1, 100).boxed().toList();
      assertEquals(
          dense,
          cursors(log.page(new TenantSession("default", key), 1, 1_000, Long.MAX_VALUE).events()));
      assertEquals(dense, cursors(announcements.events(key)));
    }
  }

  @Test
  void whatIsAnnouncedIsWhatIsInTheLog() throws Exception {
    long key = newSession();
    List<EventFrame> appended = get(append(key, drafts("\u00e9 \ud83c\udf0a \"quoted\" \\")));
    assertEquals(appended, announcements.events(key));
    assertEquals(
        appended, log.page(new TenantSession("default", key), 1, 10, Long.MAX_VALUE).events());
  }

  @Test
  void anUnknownSessionFailsAlone() throws Exception {
    long key = newSession();
    CompletableFuture<List<EventFrame>> unknown = append(-1, drafts("a"));
    CompletableFuture<List<EventFrame>> known = append(key, drafts("a"));
    assertInstanceOf(UnknownSessionException.class, failure(unknown));
    assertEquals(List.of(1L), cursors(get(known)));
  }

  @Test
  void aPayloadOverTheLimitIsRefusedAtOnce() {
    long key = newSession();
    String tooLong =
        "{\"content\":\""
            + "x".repeat(Math.toIntExact(LogSettings.EVENT_BYTES.defaultValue()))
            + "\"}";
    assertThrows(
        PayloadTooLargeException.class,
        () -> append(key, List.of(Draft.of("message", "alice", tooLong))));
  }

  /** A session whose row is locked waits alone, and its appends stay in order. */
  @Test
  void aLockedSessionDelaysNoOther() throws Exception {
    long locked = newSession();
    long other = sessionOfTheSameWriter(locked);
    CompletableFuture<List<EventFrame>> first;
    CompletableFuture<List<EventFrame>> second;
    try (Connection holder = lock(locked)) {
      first = append(locked, drafts("first"));
      assertEquals(List.of(1L), cursors(get(append(other, drafts("a")))));
      second = append(locked, drafts("second"));
      assertEquals(List.of(2L), cursors(get(append(other, drafts("b")))));
      assertFalse(first.isDone());
      holder.rollback();
    }
    assertEquals(List.of(1L), cursors(get(first)));
    assertEquals(List.of(2L), cursors(get(second)));
  }

  /** All appends wait for one locked row, so that they are in one batch when it is free. */
  @Test
  void whatTheDatabaseRefusesFailsAloneAndLeavesNoHole() throws Exception {
    long key = newSession();
    CompletableFuture<List<EventFrame>> before;
    CompletableFuture<List<EventFrame>> refused;
    CompletableFuture<List<EventFrame>> after;
    try (Connection holder = lock(key)) {
      before = append(key, drafts("before"));
      refused = append(key, List.of(Draft.of("message", "alice", "not json")));
      after = append(key, drafts("after"));
      holder.rollback();
    }
    assertEquals(List.of(1L), cursors(get(before)));
    assertEquals(List.of(2L), cursors(get(after)));
    Throwable failure = failure(refused);
    assertInstanceOf(LogFailedException.class, failure);
    assertFalse(StorageFailure.isTransient(failure));
  }

  private Connection lock(long sessionKey) throws Exception {
    Connection holder = datasource.getConnection();
    holder.setAutoCommit(false);
    try (PreparedStatement lock =
        holder.prepareStatement(
            "select 1 from tidemark.session_head where session_key = ? for no key update")) {
      lock.setLong(1, sessionKey);
      lock.execute();
    }
    return holder;
  }

  private long sessionOfTheSameWriter(long sessionKey) {
    long writers = LogSettings.WRITERS.defaultValue();
    long other = newSession();
    while (other % writers != sessionKey % writers) {
      other = newSession();
    }
    return other;
  }

  private CompletableFuture<List<EventFrame>> append(long sessionKey, List<Draft> drafts) {
    return appender.append(sessionKey, drafts).toCompletableFuture();
  }

  private static <T> T get(CompletableFuture<T> result) throws Exception {
    return result.get(20, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> result) {
    return assertThrows(ExecutionException.class, () -> result.get(20, TimeUnit.SECONDS))
        .getCause();
  }

  private long newSession() {
    return sessions
        .create("default", SessionId.random(), "echo", "alice")
        .orElseThrow()
        .sessionKey();
  }

  private static List<Draft> drafts(String... contents) {
    return java.util.stream.Stream.of(contents)
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

  private static List<Long> cursors(List<EventFrame> events) {
    return events.stream().map(EventFrame::cursor).toList();
  }
}
