package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.config.LogSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import dev.tidemark.log.LogBusyException;
import dev.tidemark.log.Sender;
import dev.tidemark.session.SessionId;
import dev.tidemark.session.Sessions;
import dev.tidemark.testing.container.TidemarkArchive;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonModel;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The order in which the log takes what turns append. Steps of one turn that come into one batch
 * take effect one after another: all of them wait for the session's row, which a second connection
 * holds, and so they come together.
 */
@ArquillianTest
class TurnOrderIT {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int WRITERS = 2;
  private static final Sender ALICE = new Sender("default", "alice");

  /** Two of them are more than a batch may have. */
  private static final int LARGE_BYTES = 300_000;

  @Inject Appender appender;
  @Inject Sessions sessions;
  @Inject TurnEnds ends;
  @Inject TurnEvents events;
  @Inject TurnStarts starts;
  @Inject TurnAborts aborts;
  @Inject TurnInterruptions interruptions;
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  private DataSource datasource;

  private long key;
  private Turn turn;

  @Deployment
  static WebArchive application() {
    return TidemarkArchive.with(TurnOrderIT.class);
  }

  /** No node sweeps it: its agent runs nowhere, and its lease is long. */
  @BeforeEach
  void aTurnThatRunsHere() throws SQLException {
    key =
        sessions.create("default", SessionId.random(), "echo", "alice").orElseThrow().sessionKey();
    try (Connection connection = datasource.getConnection()) {
      turn = turn(connection, "running", 101);
    }
  }

  @Test
  void nothingComesBehindAnEnd() throws Exception {
    List<CompletableFuture<?>> results = new ArrayList<>();
    try (Connection holder = hold()) {
      results.add(token().toCompletableFuture());
      results.add(end(TurnOutcome.completed(turn, JsonModel.string("done"))));
      results.add(token().toCompletableFuture());
      results.add(end(TurnOutcome.failed(turn, "time_limit", "late")));
      results.add(token().toCompletableFuture());
      holder.rollback();
    }
    get(results.get(0));
    get(results.get(1));
    get(results.get(3));
    for (int late : List.of(2, 4)) {
      assertInstanceOf(TurnOverException.class, failure(results.get(late)));
    }
    assertEquals(List.of("token_stream", "response", "stream_end"), types());
    assertEquals("completed", status());
  }

  @Test
  void anAbortStopsTheTokensBehindItAndTheTurnEndsOnce() throws Exception {
    List<CompletableFuture<?>> results = new ArrayList<>();
    try (Connection holder = hold()) {
      results.add(aborts.abort(ALICE, key, "enough").toCompletableFuture());
      results.add(token().toCompletableFuture());
      results.add(end(TurnOutcome.aborted(turn, "user")));
      results.add(aborts.abort(ALICE, key, "too late").toCompletableFuture());
      results.add(end(TurnOutcome.aborted(turn, "user")));
      holder.rollback();
    }
    assertEquals(true, get(results.get(0)));
    assertInstanceOf(TurnOverException.class, failure(results.get(1)));
    get(results.get(2));
    assertEquals(false, get(results.get(3)), "there is nothing to abort any more");
    get(results.get(4));
    assertEquals(List.of("aborted", "stream_end"), types());
    assertEquals("enough", value("select abort_reason from tidemark.turn where session_key = ?"));
  }

  @Test
  void theNextTurnStartsBehindAnEndAndOnlyOnce() throws Exception {
    List<CompletableFuture<?>> results = new ArrayList<>();
    Turn next;
    try (Connection holder = hold()) {
      next = turn(holder, "queued", 102); // nobody else sees it before the commit
      results.add(end(TurnOutcome.completed(turn, JsonModel.string("done"))));
      results.add(start());
      results.add(start());
      holder.commit();
    }
    get(results.get(0));
    get(results.get(1));
    failure(results.get(2));
    assertEquals(List.of("response", "stream_end", "turn_started"), types());
    assertEquals(
        next.turnId.toString(),
        value(
            "select turn_id::text from tidemark.event where type = 'turn_started' and session_key = ?"));
  }

  @Test
  void aTurnThatIsTakenAddsNothingAndKeepsItsPlaceInTheQueue() throws Exception {
    List<CompletableFuture<?>> results = new ArrayList<>();
    try (Connection holder = hold()) {
      turn(holder, "queued", 102);
      turn(holder, "queued", 103);
      results.add(interruptions.handOn(turn, "node_stopping", true).toCompletableFuture());
      results.add(token().toCompletableFuture());
      results.add(end(TurnOutcome.completed(turn, JsonModel.string("done"))));
      holder.commit();
    }
    get(results.get(0));
    assertInstanceOf(TurnOverException.class, failure(results.get(1)));
    get(results.get(2));
    assertEquals(List.of("turn_interrupted", "stream_end"), types().subList(0, 2));
    String started =
        "select payload ->> 'message_id' || ' ' || (payload ->> 'attempt') from tidemark.event"
            + " where type = 'turn_started' and session_key = ? order by cursor";
    long start = System.nanoTime();
    while (column(started).size() < 3 && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(10_000_000);
    }
    assertEquals(List.of("m-101 2", "m-102 1", "m-103 1"), column(started));
  }

  @Test
  void aTurnThatWaitsEndsAtOnceWhenItIsAborted() throws Exception {
    get(end(TurnOutcome.completed(turn, JsonModel.string("done"))));
    List<CompletableFuture<?>> results = new ArrayList<>();
    try (Connection holder = hold()) {
      turn(holder, "queued", 102);
      results.add(aborts.abort(ALICE, key, "enough").toCompletableFuture());
      results.add(start());
      holder.commit();
    }
    assertEquals(true, get(results.get(0)));
    failure(results.get(1));
    assertEquals(
        List.of("response", "stream_end", "turn_started", "aborted", "stream_end"), types());
    assertEquals(
        "aborted enough",
        value(
            "select status || ' ' || abort_reason from tidemark.turn where message_cursor = 102 and session_key = ?"));
  }

  /**
   * The writer waits for a row that somebody else inserts, while they come. A batch has room for
   * one large token; without a share for each sender, the small one would wait for all large ones.
   */
  @Test
  void theTurnsOfOneSenderHaveOneShareOfAWriterHoweverManySessionsTheyAreOf() throws Exception {
    List<Long> keys = new ArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    long writer = key % WRITERS;
    TurnRun first = new TurnRun(turn, new Sender("default", "mallory"), Instant.MAX);
    CompletionStage<Void> held;
    try (Connection holder = datasource.getConnection()) {
      holder.setAutoCommit(false);
      for (String sender : List.of("mallory", "mallory", "mallory", "mallory", "mallory", "bob")) {
        do {
          aTurnThatRunsHere();
        } while (key % WRITERS != writer);
        keys.add(key);
        TurnRun run = new TurnRun(turn, new Sender("default", sender), Instant.MAX);
        String text = "x".repeat(sender.equals("bob") ? 1 : LARGE_BYTES);
        Draft token =
            Draft.ofTurn(turn.turnId, EventTypes.TOKEN_STREAM, "echo", Payloads.content(text));
        waiting.add(new Thread(() -> events.append(run, token)));
      }
      execute(
          holder,
          """
          insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
            values (?, 201, ?, 'echo', 'agent', '"hello"')""",
          first.turn().sessionKey,
          first.turn().turnId.toString());
      held = ends.end(first, TurnOutcome.completed(first.turn(), JsonModel.string("done")));
      for (Thread thread : waiting) {
        thread.start();
        awaitAppend(thread);
      }
      holder.rollback();
    }
    get(held.toCompletableFuture());
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
      key = keys.get(i);
      times.add(
          Long.valueOf(
              value(
                  "select (extract(epoch from created_at) * 1000000)::bigint::text"
                      + " from tidemark.event where session_key = ?")));
    }
    assertTrue(times.get(5) < times.get(3), "the small one waits for one large: " + times);
  }

  /** The asker's lane is full by what waits for another session, in the same writer. */
  @Test
  void anAbortWaitsInTheShareOfWhoAsksForIt() throws Exception {
    long full = key;
    CompletableFuture<?> filling;
    try (Connection holder = hold()) {
      List<Draft> half =
          Stream.generate(() -> Draft.of("broadcast", "alice", "{}"))
              .limit(settings.get(LogSettings.QUEUE_EVENTS) / 2)
              .toList();
      filling = appender.append(ALICE, full, half, null, null).toCompletableFuture();
      do {
        aTurnThatRunsHere();
      } while (key % WRITERS != full % WRITERS);
      assertThrows(LogBusyException.class, () -> aborts.abort(ALICE, key, "no room"));
      CompletionStage<Boolean> aborted =
          aborts.abort(new Sender("default", "bob"), key, "in another share");
      assertEquals(true, get(aborted.toCompletableFuture()));
      holder.rollback();
    }
    get(filling);
  }

  /** Waits until what the thread appends is in the backlog of its writer. */
  private static void awaitAppend(Thread thread) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE_NANOS
        && Stream.of(thread.getStackTrace())
            .noneMatch(frame -> frame.getClassName().equals(CompletableFuture.class.getName()))) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private CompletableFuture<?> start() {
    return appender
        .append(key, List.of(), starts, new TurnStarts.Start(key, ALICE, bytes -> true))
        .toCompletableFuture();
  }

  private CompletionStage<List<EventFrame>> token() {
    return appender.append(
        key,
        List.of(
            Draft.ofTurn(turn.turnId, EventTypes.TOKEN_STREAM, "echo", Payloads.content("word"))),
        events,
        turn.turnId);
  }

  private CompletableFuture<Void> end(TurnOutcome outcome) {
    TurnRun run = new TurnRun(turn, ALICE, Instant.MAX);
    return ends.end(run, outcome).toCompletableFuture();
  }

  private Connection hold() throws SQLException {
    Connection holder = datasource.getConnection();
    holder.setAutoCommit(false);
    execute(
        holder, "select 1 from tidemark.session_head where session_key = ? for no key update", key);
    return holder;
  }

  private Turn turn(Connection connection, String status, long messageCursor) throws SQLException {
    Turn made = new Turn();
    made.turnId = UUID.randomUUID();
    made.sessionKey = key;
    made.messageCursor = messageCursor;
    made.messageId = "m-" + messageCursor;
    made.agentId = "echo";
    made.attempt = 1;
    execute(
        connection,
        """
        insert into tidemark.message (session_key, cursor, message_id, sender, role, content)
          values (?, ?, ?, 'alice', 'user', '"hello"')""",
        key,
        messageCursor,
        made.messageId);
    execute(
        connection,
        """
          insert into tidemark.turn (turn_id, session_key, message_cursor, message_id, agent_id, sender, status,
            started_cursor, started_at, lease_owner, lease_ends_at)
          values (?, ?, ?, ?, 'echo', 'alice', ?, 1, now(), ?, now() + interval '1 hour')""",
        made.turnId,
        key,
        messageCursor,
        made.messageId,
        status,
        settings.nodeName());
    return made;
  }

  private static void execute(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    }
  }

  private List<String> types() throws SQLException {
    return column("select type from tidemark.event where session_key = ? order by cursor");
  }

  private String status() throws SQLException {
    return value("select status from tidemark.turn where session_key = ?");
  }

  private String value(String sql) throws SQLException {
    return column(sql).get(0);
  }

  private List<String> column(String sql) throws SQLException {
    try (Connection connection = datasource.getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, key);
      try (ResultSet row = select.executeQuery()) {
        List<String> values = new ArrayList<>();
        while (row.next()) {
          values.add(row.getString(1));
        }
        return values;
      }
    }
  }

  private static Object get(CompletableFuture<?> result) throws Exception {
    return result.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
  }

  private static Throwable failure(CompletableFuture<?> result) {
    return assertThrows(ExecutionException.class, () -> get(result)).getCause();
  }
}
