package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Array;
import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppendIT {
  private SchemaDatabase database;
  private Connection app;
  private TestLog log;

  @BeforeEach
  void aSession() {
    database = SchemaDatabase.fresh();
    app = database.as("tidemark_app");
    log = new TestLog(app, "s-1");
  }

  /** An open transaction in any database keeps updates of heads from staying on their page. */
  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    app.close();
  }

  @Test
  void oneStatementMovesTheHeadAndInsertsTheEvents() throws Exception {
    app.setAutoCommit(false);
    run(app, "select from tidemark.session_head where session_key = ? for update", log.key);
    int inserted =
        run(
            app,
            """
            with head as (
              update tidemark.session_head
                 set head_cursor = head_cursor + 2, chain_hash = ?, last_event_at = now()
               where session_key = ?
            )
            insert into tidemark.event
                   (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
            select cast(? as bigint), e.cursor, e.event_id, 1, e.type, e.source, e.turn_id, e.payload::json, now(),
                   e.chain_hash
              from unnest(?, ?, ?, ?, ?, ?, ?)
                   as e (cursor, event_id, type, source, turn_id, payload, chain_hash)
            """,
            new byte[32],
            log.key,
            log.key,
            array("bigint", 1L, 2L),
            array("uuid", new UUID(0, 1), new UUID(0, 2)),
            array("text", "message", "turn_started"),
            array("text", "alice", "echo"),
            array("uuid", null, null),
            array("text", "{\"b\": 1,  \"a\":1}", "{}"),
            app.createArrayOf("bytea", new byte[][] {new byte[32], new byte[32]}));
    app.commit();

    assertEquals(2, inserted);
    assertEquals(
        List.of("{\"b\": 1,  \"a\":1}", "{}"),
        column(app, "select payload::text from tidemark.event order by cursor"));
  }

  @Test
  void theSecondAppenderOfASessionWaitsForTheFirstAndFollowsIt() throws Exception {
    try (Connection first = database.as("tidemark_app")) {
      first.setAutoCommit(false);
      run(first, "select from tidemark.session_head where session_key = ? for update", log.key);
      CompletableFuture<Long> second =
          CompletableFuture.supplyAsync(() -> log.append("broadcast", "{}"));
      await()
          .until(
              () ->
                  one(
                          first,
                          "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = ?",
                          database.name())
                      .equals(1L));
      run(first, "update tidemark.session_head set head_cursor = 1 where session_key = ?", log.key);
      first.commit();

      assertEquals(2, second.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aRollbackLeavesNoHole() throws Exception {
    app.setAutoCommit(false);
    assertEquals(1, log.append("broadcast", "{}"));
    app.rollback();

    assertEquals(1, log.append("broadcast", "{}"));
  }

  @Test
  void aMovedHeadStaysOnItsPage() {
    for (int i = 2; i <= 100; i++) {
      new TestLog(app, "s-" + i);
    }
    Connection superuser = database.as("postgres");
    for (int i = 0; i < 1000; i++) {
      run(
          app,
          """
          update tidemark.session_head
             set head_cursor = head_cursor + 1, chain_hash = sha256('x'), last_event_at = now()
           where session_key = ?
          """,
          1 + i * 37 % 100);
    }
    run(app, "select pg_stat_force_next_flush()");

    await()
        .until(
            () ->
                one(
                        superuser,
                        "select n_tup_upd from pg_stat_user_tables where relid = 'tidemark.session_head'::regclass")
                    .equals(1000L));
    assertEquals(
        1000L,
        one(
            superuser,
            "select n_tup_hot_upd from pg_stat_user_tables where relid = 'tidemark.session_head'::regclass"));
  }

  private Array array(String type, Object... values) throws Exception {
    return app.createArrayOf(type, values);
  }
}
