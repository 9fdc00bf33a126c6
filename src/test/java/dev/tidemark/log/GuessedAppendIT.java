package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Group commits that continue from the position where their writer believes a session stands:
 * whether it is right or wrong, the log is dense and its chain verifies.
 */
final class GuessedAppendIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  private final Connection superuser = DATABASE.as("postgres");
  private final Connection connection = DATABASE.as("tidemark_app");
  private final KnownHeads known = new KnownHeads(System::nanoTime);
  private final long key = new QuickLog(superuser).key;
  private final List<Integer> judged = new ArrayList<>();
  private boolean conditionHolds = true;

  GuessedAppendIT() throws SQLException {
    connection.setAutoCommit(false);
  }

  @AfterEach
  void theLogIsDenseAndItsChainVerifies() {
    List<List<Object>> violations =
        rows(superuser, "select invariant, cursor, detail from audit.invariant_violations");
    assertEquals(List.of(), violations);
  }

  @Test
  void aKnownSessionIsGoneOnWithUnseen() throws SQLException {
    assertEquals(1, append());
    assertEquals(1, judged.size());
    assertEquals(2, append());
    assertEquals(3, append());
    assertEquals(1, judged.size(), "the condition is asked instead");
  }

  @Test
  void whoAppendedMeanwhileIsFound() throws SQLException {
    append();
    appendByAnother();
    assertEquals(3, append());
    assertEquals(4, append());
    assertEquals(2, judged.size());
  }

  /** The statement has begun when the other append commits: it reads the row's newest version. */
  @Test
  void whoAppendsWhileTheStatementRunsIsFound() throws Exception {
    append();
    gate("tidemark.session_head", "pg_advisory_xact_lock_shared(4711)");
    CompletableFuture<Long> appended;
    try (Connection holder = DATABASE.as("postgres")) {
      run(holder, "select pg_advisory_lock(4711)");
      appended = CompletableFuture.supplyAsync(this::appendUnchecked);
      Awaitility.await("the statement has its snapshot")
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  one(
                      superuser,
                      "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"),
              Long.valueOf(1)::equals);
      appendByAnother();
    }
    assertEquals(3, appended.get());
    run(superuser, "drop policy gate on tidemark.session_head");
  }

  @Test
  void aRowThatSomebodyHoldsIsNotWaitedFor() throws SQLException {
    append();
    try (Connection holder = DATABASE.as("postgres")) {
      holder.setAutoCommit(false);
      run(holder, "select from tidemark.session_head where session_key = ? for no key update", key);
      GroupCommit commit = new GroupCommit(connection, known);
      commit.run(List.of(newAppend()), true);
      assertEquals(1, commit.outcome().locked().size());
      holder.rollback();
    }
    assertEquals(2, append());
  }

  @Test
  void whatTheGuardForbidsIsJudged() throws SQLException {
    append();
    conditionHolds = false;
    assertInstanceOf(NotNowException.class, refusal());
    conditionHolds = true;
    assertEquals(2, append());
  }

  @Test
  void aNewEpochIsFound() throws SQLException {
    append();
    run(superuser, "select tidemark.begin_epoch('a test')");
    append();
    List<List<Object>> epochs =
        rows(
            superuser,
            "select epoch_number from tidemark.event where session_key = ? order by cursor",
            key);
    assertNotEquals(epochs.get(0), epochs.get(1));
  }

  @Test
  void aBatchThatTheDatabaseRefusesMovesNothing() throws SQLException {
    append();
    GroupCommit commit = new GroupCommit(connection, known);
    Append bad =
        new Append(key, key, List.of(Draft.of("broadcast", "alice", "not json")), 100, null, null);
    assertThrows(SQLException.class, () -> commit.run(List.of(bad), true));
    connection.rollback();
    assertEquals(2, append());
  }

  private long append() throws SQLException {
    GroupCommit commit = new GroupCommit(connection, known);
    commit.run(List.of(newAppend()), true);
    return commit.outcome().written().get(0).events().get(0).cursor();
  }

  private long appendUnchecked() {
    try {
      return append();
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private RuntimeException refusal() throws SQLException {
    GroupCommit commit = new GroupCommit(connection, known);
    commit.run(List.of(newAppend()), true);
    return commit.outcome().refused().values().iterator().next();
  }

  private Append newAppend() {
    return new Append(
        key, key, List.of(Draft.of("broadcast", "alice", "{}")), 100, new Guarded(), 1);
  }

  /** Appends as another node or a transaction of the container does. */
  private void appendByAnother() throws SQLException {
    try (Connection other = DATABASE.as("postgres")) {
      other.setAutoCommit(false);
      new GroupCommit(other, new KnownHeads(System::nanoTime))
          .run(
              List.of(
                  new Append(key, key, List.of(Draft.of("note", "bob", "{}")), 100, null, null)),
              false);
    }
  }

  /** Creates a policy that is evaluated for each row of a table before the row is locked. */
  private void gate(String table, String call) {
    run(
        superuser,
        """
        create function public.gate() returns boolean language plpgsql volatile security definer as
        $$ begin perform %s; return true; end $$"""
            .formatted(call));
    run(
        superuser,
        "create policy gate on "
            + table
            + " as restrictive using (public.gate()) with check (true)");
  }

  /** Allows or refuses as the test wants; records the subjects that are judged one by one. */
  private final class Guarded implements AppendParticipant<Integer> {
    @Override
    public List<Verdict> judge(Connection asked, List<Integer> subjects) {
      judged.addAll(subjects);
      return subjects.stream()
          .map(one -> conditionHolds ? Verdict.GO : Verdict.refuse(new NotNowException()))
          .toList();
    }

    @Override
    public Optional<AppendCondition> condition(List<Integer> subjects) {
      return Optional.of(new Says(conditionHolds));
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  private record Says(boolean yes) implements AppendCondition {
    @Override
    public String sql() {
      return "?";
    }

    @Override
    public int set(PreparedStatement statement, int index) throws SQLException {
      statement.setBoolean(index, yes);
      return index + 1;
    }
  }

  private static final class NotNowException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
