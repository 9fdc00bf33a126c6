package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.QuickLog.Written;
import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.EventTypes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A compact replay reads all events but the deltas of turns whose response it reads as well. */
final class CompactPageIT {
  private static final String[] DELTAS = {
    "token_stream", "reasoning_stream", "tool_call_stream", "tool_result_stream"
  };
  private static final String[] OTHERS = {"message", "state_update", "broadcast", "token_stream"};
  private static final String[] ENDS = {"completed", "failed", "aborted", "interrupted"};

  private static final Connection CONNECTION = SchemaDatabase.fresh().as("postgres");

  @Test
  void ofAnyLogFromAnyCursorToAnyOtherItLeavesOutWhatAResponseInBetweenStandsFor()
      throws SQLException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      QuickLog log = randomLog(random);
      for (int question = 0; question < 25; question++) {
        long until = 1 + random.nextLong(log.head());
        long from = 1 + random.nextLong(until);
        int maxEvents = 1 + random.nextInt(12);
        assertEquals(
            expected(log, from, until),
            paged(log.key, from, until, maxEvents, random.nextBoolean() ? 60 : 100_000),
            "seed %d, %d to %d, %d at a time, of %s"
                .formatted(seed, from, until, maxEvents, log.events()));
      }
    }
  }

  @Test
  void aPageBelowTheFloorIsEmptyAndSaysWhereTheFloorIs() throws SQLException {
    QuickLog log = new QuickLog(CONNECTION);
    log.turn("completed", 5);
    log.written();
    run(
        CONNECTION,
        "update tidemark.session_head set floor_cursor = 4 where session_key = ?",
        log.key);
    Page below = CompactPageSql.read(CONNECTION, log.scope(), 3, 8, 10, 1_000);
    assertEquals(4, below.position().floor());
    assertEquals(List.of(), below.events());
    assertEquals(
        List.of(7L, 8L), cursors(CompactPageSql.read(CONNECTION, log.scope(), 4, 8, 10, 1_000)));
  }

  @Test
  void anEventAboveTheHeadIsLeftOutAndOfTwoWithOneCursorNeitherIsRead() throws SQLException {
    QuickLog log = new QuickLog(CONNECTION);
    log.turn("completed", 5);
    log.written();
    put(log, 8, "cursor + 1", "created_at");
    assertEquals(
        List.of(1L, 7L, 8L),
        cursors(CompactPageSql.read(CONNECTION, log.scope(), 1, 9, 10, 1_000)));
    put(log, 7, "cursor", "created_at + interval '1 microsecond'");
    assertEquals(
        List.of(1L), cursors(CompactPageSql.read(CONNECTION, log.scope(), 1, 8, 10, 1_000)));
    assertThrows(
        DamagedLogException.class,
        () -> CompactPageSql.read(CONNECTION, log.scope(), 2, 8, 10, 1_000));
  }

  private static void put(QuickLog log, long copied, String cursor, String createdAt) {
    run(
        CONNECTION,
        "insert into tidemark.event (session_key, cursor, event_id, epoch_number, type, source, payload, created_at, chain_hash) select session_key, %s, gen_random_uuid(), epoch_number, 'broadcast', source, payload, %s, chain_hash from tidemark.event where session_key = ? and cursor = ?"
            .formatted(cursor, createdAt),
        log.key,
        copied);
  }

  @Test
  void whatIsLeftOutIsNotEvenPassedOver() throws SQLException {
    QuickLog log = new QuickLog(CONNECTION);
    for (int turn = 0; turn < 20; turn++) {
      log.turn("completed", 500);
    }
    log.written();
    run(CONNECTION, "analyze tidemark.event");
    run(CONNECTION, "analyze tidemark.turn");
    run(CONNECTION, "set enable_seqscan = off"); // a table this small is read as a whole otherwise
    String plan = explained(log);
    long max =
        plan.lines()
            .filter(line -> line.contains("Rows Removed by Filter: "))
            .mapToLong(line -> Long.parseLong(line.replaceAll(".*: ", "").strip()))
            .max()
            .orElse(0);
    assertTrue(plan.contains("turn_completed"), plan);
    assertFalse(plan.contains("Seq Scan on event"), plan);
    assertTrue(max < 10, plan);
  }

  private static String explained(QuickLog log) {
    String sql = CompactPageSql.READ;
    for (Object value :
        new Object[] {
          log.key,
          log.key,
          1,
          log.head(),
          256,
          256,
          log.head(),
          1,
          1,
          1,
          256,
          256,
          256,
          256,
          262_144
        }) {
      sql = sql.replaceFirst("\\?", value.toString());
    }
    run(CONNECTION, "begin");
    run(CONNECTION, "select tidemark.open_session('default', ?)", log.key);
    run(CONNECTION, "set local role tidemark_reader");
    List<List<Object>> plan = rows(CONNECTION, "explain (analyze, costs off) " + sql);
    run(CONNECTION, "rollback");
    return plan.stream().map(row -> (String) row.get(0)).collect(Collectors.joining("\n"));
  }

  /** Reads page after page, as a subscription does. */
  private static List<Long> paged(long key, long from, long until, int maxEvents, long maxBytes)
      throws SQLException {
    List<Long> read = new ArrayList<>();
    long next = from;
    while (next <= until) {
      List<Long> page =
          cursors(
              CompactPageSql.read(
                  CONNECTION, new TenantSession("default", key), next, until, maxEvents, maxBytes));
      assertTrue(!page.isEmpty() && page.size() <= maxEvents, page.toString());
      read.addAll(page);
      next = page.get(page.size() - 1) + 1;
    }
    assertEquals(until + 1, next, "the last one stands for all before it");
    return read;
  }

  /** Computes the same from the definition alone. */
  private static List<Long> expected(QuickLog log, long from, long until) {
    List<UUID> completed =
        log.events().stream()
            .filter(event -> event.type().equals(EventTypes.RESPONSE))
            .filter(event -> event.cursor() >= from && event.cursor() <= until)
            .map(Written::turnId)
            .toList();
    return log.events().stream()
        .filter(event -> event.cursor() >= from && event.cursor() <= until)
        .filter(event -> !EventTypes.isDelta(event.type()) || !completed.contains(event.turnId()))
        .map(Written::cursor)
        .toList();
  }

  private static QuickLog randomLog(Random random) throws SQLException {
    QuickLog log = new QuickLog(CONNECTION);
    int turns = random.nextInt(8);
    for (int turn = 0; turn < turns; turn++) {
      others(log, random, null);
      boolean running = turn == turns - 1 && random.nextBoolean();
      String status = running ? "running" : ENDS[random.nextInt(3) == 0 ? random.nextInt(4) : 0];
      UUID turnId = UUID.randomUUID();
      long started = log.add(EventTypes.TURN_STARTED, turnId);
      int pieces = random.nextInt(12);
      for (int piece = 0; piece < pieces; piece++) {
        if (random.nextInt(4) == 0) {
          others(log, random, turnId);
        }
        log.add(DELTAS[random.nextInt(DELTAS.length)], turnId);
      }
      if (running) {
        log.turn(turnId, status, started, null);
      } else {
        long ended =
            log.add(status.equals("completed") ? EventTypes.RESPONSE : "turn_" + status, turnId);
        log.turn(turnId, status, started, ended);
        if (random.nextInt(5) > 0) {
          log.add(EventTypes.STREAM_END, turnId);
        }
      }
    }
    log.add("broadcast", null);
    return log.written();
  }

  /** Adds events in between: messages of clients, and events of the turn itself. */
  private static void others(QuickLog log, Random random, UUID turnId) {
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String type = OTHERS[random.nextInt(OTHERS.length)];
      log.add(type, type.equals("state_update") ? turnId : null);
    }
  }

  private static List<Long> cursors(Page page) {
    return page.events().stream().map(EventFrame::cursor).toList();
  }
}
