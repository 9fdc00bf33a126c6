package dev.tidemark.database;

import static dev.tidemark.database.AgedLog.day;
import static dev.tidemark.database.AgedLog.partition;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The views that show the auditor the effect of the next purge and the place of each day. */
class PreviewIT {
  private static final String NOTE =
      "select tidemark.note_retention_settings('node-1', '1 day', 1000, '1 day', ?)";

  private AgedLog aged;
  private Connection superuser;
  private Connection auditor;

  @BeforeEach
  void threeSessions() {
    aged = new AgedLog();
    superuser = aged.superuser;
    auditor = aged.database.as("tidemark_auditor");
    aged.session("s-1", 4, 2, 0);
    aged.session("s-2", 3, 2, 0);
    aged.session("s-3", 3, 0);
  }

  @Test
  void itSaysWhatThePurgeThenDoes() {
    run(aged.app, NOTE, "drop");
    run(
        superuser,
        "select tidemark.set_retention_policy('short', agent_id => 'echo', replay_age => '60 hours')");
    aged.hold("s-1");
    List<Object> said =
        column(
            auditor,
            "select concat_ws(' ', step, partition, policies::text, sessions, case step when 'floors' then events end) from audit.purge_preview where goes");

    run(aged.app, "select from tidemark.raise_floors('node-1', '1 day', 1000, 100)");
    aged.retire();

    assertEquals(List.of("floors {1} 2 2", "retire " + partition(3) + " {}"), said);
    assertEquals(
        List.of(List.of("floors", 2L, 2L)),
        rows(
            superuser,
            """
            select step, count(*), sum(events)::bigint from audit.purge_history
             where policies = '{1}' group by step
            """));
    assertEquals(
        List.of(partition(3)),
        column(superuser, "select partition from audit.purge_history where step = 'retire'"));
    assertEquals(List.of(), aged.retire());
  }

  @Test
  void itSaysWhatHoldsKeepBack() {
    run(aged.app, NOTE, "drop");
    aged.hold("s-1");

    assertEquals(
        List.of(
            Arrays.asList("floors", null, "{1}", 1L, 2L, "on hold"),
            Arrays.asList(
                "retire",
                partition(4),
                "{1}",
                null,
                null,
                "holds 1 are on sessions with events in it"),
            Arrays.asList(
                "retire",
                partition(2),
                "{1}",
                null,
                null,
                "holds 1 are on sessions with events in it")),
        rows(
            auditor,
            """
            select step, partition, holds::text, sessions, case step when 'floors' then events end, reason
              from audit.purge_preview where not goes
            """));
  }

  @Test
  void itChangesNothing() {
    run(aged.app, NOTE, "drop");
    aged.retireAll();
    aged.leave();
    String state =
        """
        select (select count(*) from tidemark.event), (select count(*) from tidemark.event_history),
               (select count(*) from tidemark.waiting_day), (select count(*) from tidemark.purge_record)
        """;
    List<List<Object>> before = rows(superuser, state);

    assertEquals(
        List.of("drop " + partition(4), "leave " + partition(3), "leave " + partition(2)),
        column(auditor, "select step || ' ' || partition from audit.purge_preview where goes"));
    assertEquals(before, rows(superuser, state));
  }

  @Test
  void aDayAtTheEndOfItsHistoryStaysWhereTheOperatorDidNotChoose() {
    run(aged.app, NOTE, "keep");
    aged.retireAll();

    assertEquals(List.of(), rows(auditor, "select * from audit.purge_preview where goes"));
    assertEquals(
        "past 1 day, and the end of history is keep",
        one(
            auditor,
            "select reason from audit.partition_status where partition = ?",
            partition(4)));
  }

  @Test
  void withoutSettingsItAsksForThem() {
    assertEquals(
        "22023",
        assertThrows(SqlFailure.class, () -> run(auditor, "select * from audit.purge_preview"))
            .state());
    assertEquals(
        1L,
        one(
            superuser,
            "select sessions from tidemark.purge_preview('84 hours', 100, '1 year', 'keep') where step = 'floors'"));
  }

  @Test
  void eachDaySaysWhereItIsAndWhy() {
    run(aged.app, NOTE, "archive");
    aged.hold("s-3");
    aged.raiseFloors();
    aged.retire();
    aged.leave();

    assertEquals(
        List.of(
            List.of(partition(4), "waiting", "waits for the archive command"),
            List.of(partition(3), "log", "holds 1 are on sessions with events in it"),
            List.of(partition(2), "log", "no floor needs it"),
            List.of(partition(0), "log", "not over yet"),
            List.of(partition(-1), "log", "not over yet"),
            List.of(
                "event_default",
                "log",
                "for events of a day that has no partition; they stay here")),
        rows(
            auditor,
            """
            select partition, place, reason from audit.partition_status
             where day is null or day < (now() at time zone 'UTC')::date + 2 order by day
            """));
  }

  @Test
  void aDayThatGoesWhileItsPlaceIsReadIsNoErrorToTheReader() throws Exception {
    aged.retireAll();
    aged.leave();
    try (Connection reader = aged.database.as("postgres")) {
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      reader.setAutoCommit(false);
      run(reader, "select from tidemark.waiting_day");
      aged.drop();

      assertEquals(
          List.of("waiting goes right now"),
          column(
              reader,
              "select place || ' ' || reason from audit.partition_status where day = cast(? as date)",
              day(4)));
    }
  }

  @Test
  void eachSessionSaysWhatOfItCanBeReplayed() {
    run(aged.app, NOTE, "keep");
    aged.hold("s-3");
    aged.raiseFloors();

    assertEquals(
        List.of(
            List.of("s-1", 3L, 3L, 1L, true, "{}"),
            List.of("s-2", 3L, 3L, 1L, true, "{}"),
            List.of("s-3", 2L, 1L, 2L, false, "{1}")),
        rows(
            auditor,
            """
            select session_id, head_cursor, floor_cursor, replayable_events, oldest_replayable_age < '1 day', holds::text
              from audit.floor_status order by session_id
            """));
  }
}
