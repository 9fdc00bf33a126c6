package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import dev.tidemark.tools.run.DatabaseLogin;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verification of all sessions: workers share it, and it goes on where it was interrupted. */
class VerificationIT {
  private static final int SESSIONS = 6;
  private static final String COLUMNS =
      "tenant,session_id,cursor,kind,acknowledged_by,acknowledged_why,others\n";

  private SchemaDatabase database;
  private Connection superuser;
  private Connection auditor;

  @BeforeEach
  void sixSessions() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    auditor = database.as("tidemark_auditor");
    run(auditor, "set default_transaction_read_only = off");
    for (int n = 1; n <= SESSIONS; n++) {
      TestLog log = new TestLog(superuser, "s-" + n);
      // The newest events of the sessions with odd numbers are old.
      Instant at = Instant.now().minus(Duration.ofDays(n % 2 == 0 ? 0 : 10));
      log.append("broadcast", "{}", null, at);
      log.append("broadcast", "{}", null, at);
    }
  }

  @AfterEach
  void close() throws Exception {
    superuser.close();
    auditor.close();
  }

  @Test
  void theAuditorVerifiesAllSessionsInOneCall() {
    tamper("s-3");

    assertEquals(List.of(List.of(1L, 1L)), rows(auditor, "call audit.verify_all()"));
    assertEquals(
        List.of(List.of("default", "s-3", 2L, "changed")),
        rows(auditor, "select tenant, session_id, cursor, kind from audit.verification_misfits"));
    assertEquals(
        List.of(List.of("tidemark_auditor", true, 1L, 6L, 6L, 12L, 12L, 1L)),
        rows(
            auditor,
            """
            select begun_by, done_at > began_at, batches, cast(sessions as bigint), cast(sessions_done as bigint),
                   cast(events as bigint), cast(events_done as bigint), misfits
              from audit.verification_progress"""));
  }

  @Test
  void whatIsDoneIsBegunAnew() {
    assertEquals(List.of(List.of(1L, 0L)), rows(auditor, "call audit.verify_all()"));
    tamper("s-3");
    assertEquals(List.of(List.of(2L, 1L)), rows(auditor, "call audit.verify_all()"));
  }

  @Test
  void aSinceLeavesOutTheSessionsThatWereSilent() {
    tamper("s-3");
    tamper("s-4");

    call("call audit.verify_all(since => now() - interval '1 day')");
    assertEquals(List.of("s-4"), found());
    assertEquals(
        3L, one(auditor, "select cast(sessions as bigint) from audit.verification_progress"));
  }

  @Test
  void whatWasInterruptedGoesOnWhereItWas() throws Exception {
    tamper("s-2");
    long verification = begin();
    call("select audit.verify_next_batch(" + verification + ")");
    call("select audit.verify_next_batch(" + verification + ")");
    try (Connection dying = database.as("tidemark_auditor")) {
      run(dying, "set default_transaction_read_only = off");
      dying.setAutoCommit(false);
      run(dying, "select audit.verify_next_batch(?)", verification);
    }
    assertEquals(2L, one(auditor, "select batches_done from audit.verification_progress"));
    List<Object> before = doneAt();

    assertEquals(List.of(List.of(verification, 1L)), rows(auditor, "call audit.verify_all()"));

    assertEquals(
        (long) SESSIONS, one(auditor, "select batches_done from audit.verification_progress"));
    assertEquals(before.subList(0, 2), doneAt().subList(0, 2));
    assertEquals(List.of("s-2"), found());
  }

  /** It would record that a log fits now, by the log of an earlier moment. */
  @Test
  void anOlderStateOfTheLogIsNotVerified() throws Exception {
    long verification = begin();
    try (Connection behind = database.as("tidemark_auditor")) {
      run(behind, "set default_transaction_read_only = off");
      run(behind, "set default_transaction_isolation = 'repeatable read'");

      SqlFailure refused =
          assertThrows(
              SqlFailure.class,
              () -> run(behind, "select audit.verify_next_batch(?)", verification));

      assertTrue(refused.getMessage().contains("read committed alone"), refused.getMessage());
    }
  }

  @Test
  void aBatchHasAnEvent() {
    assertThrows(
        SqlFailure.class, () -> run(auditor, "select audit.begin_verification(batch_events => 0)"));
  }

  @Test
  void afreshDoesNotGoOn() {
    long verification = begin();

    assertNotEquals(verification, one(auditor, "select audit.begin_verification(afresh => true)"));
  }

  @Test
  void anotherSinceIsAnotherVerification() {
    long verification = begin();

    assertNotEquals(verification, one(auditor, "select audit.begin_verification('2026-01-01')"));
    assertEquals(verification, one(auditor, "select audit.begin_verification()"));
  }

  @Test
  void workersTakeDifferentBatchesAndTheLastWaitsForTheOthers() throws Exception {
    long verification = begin();
    try (Connection slow = database.as("tidemark_auditor")) {
      run(slow, "set default_transaction_read_only = off");
      slow.setAutoCommit(false);
      Object claimed =
          one(slow, "select batch_number from audit.verify_next_batch(?)", verification);
      CompletableFuture<List<List<Object>>> other =
          CompletableFuture.supplyAsync(
              () -> rows(auditor, "call audit.verify_all(verification => ?)", verification));
      await().atMost(Duration.ofSeconds(30)).until(this::somebodyWaits);
      assertEquals(
          SESSIONS - 1L, one(superuser, "select batches_done from audit.verification_progress"));
      assertEquals(1, claimed);

      slow.commit();

      assertEquals(List.of(List.of(verification, 0L)), other.join());
      assertEquals(
          (long) SESSIONS, one(superuser, "select batches_done from audit.verification_progress"));
    }
  }

  @Test
  void aWaitingWorkerTakesTheBatchOfOneThatDies() throws Exception {
    tamper("s-1");
    long verification = begin();
    CompletableFuture<List<List<Object>>> other;
    try (Connection dying = database.as("tidemark_auditor")) {
      run(dying, "set default_transaction_read_only = off");
      dying.setAutoCommit(false);
      run(dying, "select audit.verify_next_batch(?)", verification);
      other =
          CompletableFuture.supplyAsync(
              () -> rows(auditor, "call audit.verify_all(verification => ?)", verification));
      await().atMost(Duration.ofSeconds(30)).until(this::somebodyWaits);
    }

    assertEquals(List.of(List.of(verification, 1L)), other.join());
    assertEquals(List.of("s-1"), found());
  }

  @Test
  void batchesHoldWholeSessionsAndLeaveNoKeyOut() {
    run(superuser, "select audit.begin_verification(batch_events => 6)");

    assertEquals(
        List.of(
            List.of(Long.MIN_VALUE, 2L, 2L), List.of(3L, 4L, 2L), List.of(5L, Long.MAX_VALUE, 2L)),
        rows(
            superuser,
            "select first_key, last_key, sessions from tidemark.verification_batch order by batch_number"));
  }

  @Test
  void whatWasFoundStaysFound() {
    tamper("s-2");
    call("call audit.verify_all()");

    for (String sql :
        List.of(
            "delete from tidemark.verification_misfit",
            "update tidemark.verification_misfit set cursor = 1",
            "update tidemark.verification set begun_by = 'x'")) {
      assertThrows(SqlFailure.class, () -> run(superuser, sql), sql);
    }
  }

  @Test
  void theCommandRunsWorkersAndFailsWhenSomethingDoesNotFit() throws Exception {
    assumePsql();
    assertEquals(COLUMNS, command(0));
    tamper("s-2");
    tamper("s-5");
    assertEquals(COLUMNS + "default,s-2,2,changed,,,0\ndefault,s-5,2,changed,,,0\n", command(1));
    assertEquals(
        COLUMNS + "default,s-2,2,changed,,,0\n",
        command(1, "-s", Instant.now().minus(Duration.ofDays(1)).toString()));
    for (String session : List.of("s-2", "s-5")) {
      run(superuser, "select tidemark.acknowledge_misfit(?, 2, 'Anna', 'ticket 9')", session);
    }
    assertEquals(
        COLUMNS + "default,s-2,2,changed,Anna,ticket 9,0\ndefault,s-5,2,changed,Anna,ticket 9,0\n",
        command(0));
  }

  /** The finding of an interrupted verification is acknowledged before the command goes on. */
  @Test
  void theCommandFailsWhenOnlyOneOfTwoMisfitsIsAcknowledged() throws Exception {
    assumePsql();
    run(superuser, "update tidemark.event set payload = '{\"x\":1}' where session_key = 1");
    long verification = begin();
    call("select audit.verify_next_batch(" + verification + ")");
    run(superuser, "select tidemark.acknowledge_misfit('s-1', 1, 'Anna', 'ticket 9')");

    assertEquals(COLUMNS + "default,s-1,1,changed,Anna,ticket 9,1\n", command(1));
    assertEquals(COLUMNS + "default,s-1,2,changed,,,0\n", command(1));
    run(superuser, "select tidemark.acknowledge_misfit('s-1', 2, 'Anna', 'ticket 9')");
    assertEquals(COLUMNS + "default,s-1,1,changed,Anna,ticket 9,0\n", command(0));
  }

  private static void assumePsql() {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> new File(directory, "psql").canExecute()),
        "psql is not installed");
  }

  private String command(int exit, String... options) throws Exception {
    DatabaseLogin login = database.login("tidemark_auditor");
    List<String> command = new ArrayList<>(List.of("db/verify.sh", "-j", "3"));
    command.addAll(List.of(options));
    command.addAll(List.of("--", login.url().replace("jdbc:", "")));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    builder.environment().put("PGUSER", login.user());
    builder.environment().put("PGPASSWORD", login.password());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(exit, process.waitFor(), output);
    return output;
  }

  /** One batch for each session, so that there is work to share. */
  private long begin() {
    return (Long) one(auditor, "select audit.begin_verification(batch_events => 1)");
  }

  private void call(String sql) {
    run(auditor, sql);
  }

  private void tamper(String session) {
    run(
        superuser,
        """
        update tidemark.event set payload = '{"x":1}'
         where cursor = 2 and session_key = (select session_key from tidemark.session where session_id = ?)""",
        session);
  }

  private List<Object> found() {
    return column(auditor, "select session_id from audit.verification_misfits order by session_id");
  }

  private List<Object> doneAt() {
    return column(
        superuser, "select verified_at from tidemark.verification_batch order by batch_number");
  }

  private boolean somebodyWaits() {
    List<Object> waiting =
        column(
            superuser,
            "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    assertTrue(waiting.size() <= 1);
    return waiting.size() == 1;
  }
}
