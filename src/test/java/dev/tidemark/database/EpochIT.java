package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EpochIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");

  @BeforeEach
  void forgetTheEpochs() {
    run(SUPERUSER, "delete from tidemark.epoch");
  }

  @Test
  void theFirstObservationBeginsTheFirstEpoch() {
    assertEquals(1, observe(APP));
    assertEquals(List.of("first start"), column(APP, "select reason from tidemark.epoch"));
    assertEquals(List.of("node-1"), column(APP, "select observed_by from tidemark.epoch"));
  }

  @Test
  void anotherObservationOfTheSameDatabaseChangesNothing() {
    observe(APP);
    Object id = one(APP, "select epoch_id from tidemark.epoch");

    assertEquals(1, observe(APP));
    assertEquals(List.of(id), column(APP, "select epoch_id from tidemark.epoch"));
  }

  @Test
  void anObservationThatChangesNothingTakesNoLock() throws Exception {
    observe(APP);
    run(SUPERUSER, "select pg_advisory_lock(29801, 1)");
    try {
      run(APP, "set statement_timeout = '5s'");
      assertEquals(1, observe(APP));
    } finally {
      run(SUPERUSER, "select pg_advisory_unlock(29801, 1)");
    }
  }

  @Test
  void anotherClusterBeginsAnEpoch() {
    observe(APP);
    run(SUPERUSER, "update tidemark.epoch set system_identifier = system_identifier + 1");

    assertEquals(2, observe(APP));
    assertEquals(
        List.of("first start", "other cluster"),
        column(APP, "select reason from tidemark.epoch order by epoch_number"));
    assertEquals(2, observe(APP));
  }

  @Test
  void anotherTimelineBeginsAnEpoch() {
    observe(APP);
    run(SUPERUSER, "update tidemark.epoch set timeline = timeline + 1");

    assertEquals(2, observe(APP));
    assertEquals(
        "other timeline", one(APP, "select reason from tidemark.epoch where epoch_number = 2"));
  }

  @Test
  void theTimelineIsThatOfTheControlFileWhenNothingWasPromoted() {
    observe(APP);

    assertEquals(
        one(APP, "select timeline_id from pg_control_checkpoint()"),
        one(APP, "select timeline from tidemark.epoch"));
  }

  @Test
  void twoNodesThatNoticeTogetherBeginOneEpoch() throws Exception {
    try (Connection first = DATABASE.as("tidemark_app")) {
      first.setAutoCommit(false);
      observe(first);
      CompletableFuture<Integer> second =
          CompletableFuture.supplyAsync(() -> observe(DATABASE.as("tidemark_app")));
      await()
          .until(
              () ->
                  one(
                          SUPERUSER,
                          "select count(*) from pg_locks where locktype = 'advisory' and not granted")
                      .equals(1L));
      first.commit();

      assertEquals(1, second.get(10, TimeUnit.SECONDS));
      assertEquals(List.of(1), column(APP, "select epoch_number from tidemark.epoch"));
    }
  }

  @Test
  void theDbaBeginsAnEpochAndTheNextObservationKeepsIt() {
    observe(APP);
    Object first = one(APP, "select epoch_id from tidemark.epoch");

    Object begun = one(SUPERUSER, "select tidemark.begin_epoch('restored a table by hand')");

    assertNotEquals(first, begun);
    assertEquals(2, observe(APP));
    assertEquals(
        begun, one(APP, "select epoch_id from tidemark.epoch order by epoch_number desc limit 1"));
  }

  @Test
  void anEpochNeedsAReason() {
    assertEquals(
        "22023",
        assertThrows(SqlFailure.class, () -> run(SUPERUSER, "select tidemark.begin_epoch(' ')"))
            .state());
  }

  @Test
  void theFirstStatementOfAConnectionWorksAlsoWhereThereIsNoSchema() {
    String observeIfThere =
        """
        do $$ begin
          if to_regprocedure('tidemark.observe_epoch(text)') is not null then
            perform tidemark.observe_epoch('datasource');
          end if;
        end $$
        """;
    run(new SchemaDatabase("postgres").as("tidemark_app"), observeIfThere);
    run(APP, observeIfThere);

    assertEquals(List.of("datasource"), column(APP, "select observed_by from tidemark.epoch"));
  }

  private static int observe(Connection connection) {
    return (Integer) one(connection, "select tidemark.observe_epoch('node-1')");
  }
}
