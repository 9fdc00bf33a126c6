package dev.tidemark.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import java.sql.Connection;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The node tells when its purge and its clean-up cannot do their work. */
final class KeptOutIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Gateway gateway = SmallGateway.get();
  private final TestDatabase database = gateway.database();

  @Test
  void aLockThatSomebodyKeepsStopsTheTimesAndALaterRunMovesThemAgain() throws Exception {
    for (String metric :
        new String[] {
          "tidemark_purge_finished_timestamp_seconds", "tidemark_cleanup_finished_timestamp_seconds"
        }) {
      double before;
      try (Connection holder = database.connect();
          var statement = holder.createStatement()) {
        holder.setAutoCommit(false);
        statement.execute("select pg_advisory_xact_lock(29801, 4)");
        Awaitility.await(metric + " stands still over many runs")
            .during(Duration.ofSeconds(2))
            .atMost(PATIENCE)
            .until(new Still(metric)::isStill);
        before = gateway.metric(metric);
        holder.rollback();
      }
      double stood = before;
      Awaitility.await(metric).atMost(PATIENCE).until(() -> gateway.metric(metric) > stood);
    }
  }

  private final class Still {
    private final String metric;
    private double last;

    Still(String metric) {
      this.metric = metric;
    }

    boolean isStill() {
      double now = gateway.metric(metric);
      boolean same = now == last;
      last = now;
      return same;
    }
  }

  @Test
  void aDayThatCannotMoveIsTimedAndThenMoves() throws Exception {
    database.execute(
        """
        select tidemark.make_partition((now() at time zone 'UTC')::date - 700);
        update tidemark.session_head set floor_at = last_event_at where last_event_at is not null""");
    try (Connection reader = database.connect();
        var statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("select count(*) from tidemark.event");
      Awaitility.await("the time since the day should move")
          .atMost(PATIENCE)
          .until(() -> gateway.metric("tidemark_purge_held_up_seconds") > 1);
      reader.rollback();
    }
    Awaitility.await("it has moved")
        .atMost(PATIENCE)
        .until(() -> gateway.metric("tidemark_purge_held_up_seconds") == 0);
  }

  /** A table whose rows cannot be removed keeps no rows of other tables. */
  @Test
  void aCleanUpThatFailsInOneTableGoesOnWithTheOthers() {
    database.execute(
        """
        create function public.refuse_clean_up() returns trigger language plpgsql as $$
        begin
          raise exception 'refused by a test';
        end $$;
        create trigger refuse_clean_up before delete on tidemark.refusal_record
          for each row execute function public.refuse_clean_up();
        insert into tidemark.refusal_record
          (refusal_id, first_at, last_at, times, node, operation, code, message)
        select gen_random_uuid(), now() - interval '5000 days', now() - interval '5000 days', 1, 'n', 'o', 'c', 'm';
        insert into tidemark.ticket (ticket_hash, issued_at, expires_at, principal, tenant, roles)
        values (sha256('an old one'), now() - interval '1 day', now() - interval '1 hour', 'alice', 'default', '{user}')""");
    try {
      Awaitility.await("the ticket is forgotten")
          .atMost(PATIENCE)
          .until(
              () ->
                  database.value(
                          Long.class,
                          "select count(*) from tidemark.ticket where issued_at < now() - interval '1 hour'")
                      == 0);
      Awaitility.await("the failure is told")
          .atMost(PATIENCE)
          .until(() -> gateway.logged().stream().anyMatch(line -> line.contains("TIDE0213")));
    } finally {
      database.execute(
          "drop trigger refuse_clean_up on tidemark.refusal_record; drop function public.refuse_clean_up()");
    }
    Awaitility.await("the rest is removed once it can be")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertEquals(
                    0L,
                    database.value(
                        Long.class,
                        "select count(*) from tidemark.refusal_record where last_at < now() - interval '4000 days'")));
  }
}
