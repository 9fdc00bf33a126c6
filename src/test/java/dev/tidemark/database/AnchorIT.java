package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Once the oldest days have left for good, the chain begins at the anchor. The session has three
 * events on each of five days: 1 to 3 four days ago, and so on to 13 to 15 today.
 */
class AnchorIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final int EACH = 3;
  private static final int DAYS = 5;

  private final Connection superuser = DATABASE.as("postgres");

  @BeforeEach
  void aSessionOfFiveDays() throws Exception {
    superuser.setAutoCommit(false);
    TestLog log = new TestLog(superuser, "s-1");
    Instant now = Instant.now();
    for (int daysAgo = DAYS - 1; daysAgo >= 0; daysAgo--) {
      for (int n = 0; n < EACH; n++) {
        log.append(
            "state_update",
            "{\"patch\":{\"d" + daysAgo + "\":1}}",
            null,
            now.minus(Duration.ofDays(daysAgo)));
      }
    }
    run(
        superuser,
        "update tidemark.session_state set state = '{\"d4\":1,\"d3\":1,\"d2\":1,\"d1\":1,\"d0\":1}', state_cursor = 15");
    run(
        superuser,
        "update tidemark.session_head set floor_cursor = 13, floor_at = (select created_at from tidemark.event where cursor = 13)");
  }

  @AfterEach
  void rollBack() throws Exception {
    superuser.rollback();
    superuser.close();
  }

  @Test
  void whatFollowsTheAnchorVerifiesAndNoInvariantIsViolated() {
    leave(1, 6);

    assertNull(misfit());
    assertEquals(List.of(), column(superuser, "select invariant from audit.invariant_violations"));
    assertEquals(
        List.of(List.of(7L, 3L, 6L)),
        rows(
            superuser,
            "select first_cursor, replayable_events, past_events from audit.session_history"));
  }

  @Test
  void withoutAnAnchorTheSameIsDamage() {
    run(superuser, "delete from tidemark.event where cursor <= 6");

    assertEquals(1L, misfit());
  }

  @Test
  void whatFollowsTheAnchorIsHeldByIt() {
    leave(1, 6);

    assertFoundAfter(7L, "update tidemark.event set payload = '{}' where cursor = 7");
    assertFoundAfter(7L, "delete from tidemark.event where cursor = 7");
    assertFoundAfter(7L, "delete from tidemark.event where cursor in (7, 8, 9)");
    assertFoundAfter(7L, "update tidemark.chain_anchor set chain_hash = sha256('x')");
    assertFoundAfter(6L, "update tidemark.chain_anchor set cursor = 5");
    assertFoundAfter(15L, "delete from tidemark.event where cursor = 15");
  }

  @Test
  void aSessionOfWhichEverythingLeftFitsWhenItsHeadIsItsAnchor() {
    run(superuser, "update tidemark.session_head set floor_cursor = 16");
    leave(1, 15);
    assertNull(misfit());

    assertFoundAfter(15L, "update tidemark.session_head set chain_hash = sha256('x')");
    assertFoundAfter(16L, "update tidemark.session_head set head_cursor = 16");
  }

  @Test
  void aDayThatAHoldKeepsBelowTheAnchorVerifiesByItself() {
    leave(1, 3);
    leave(7, 9);
    assertNull(misfit());

    assertFoundAfter(5L, "update tidemark.event set payload = '{}' where cursor = 5");
    assertFoundAfter(5L, "delete from tidemark.event where cursor = 5");
    assertFoundAfter(
        5L, "update tidemark.event set payload = '{}', chain_hash = sha256('x') where cursor = 4");
    assertFoundAfter(10L, "update tidemark.event set payload = '{}' where cursor = 10");
  }

  @Test
  void aDayThatWasBroughtBackMustEndAtTheAnchor() {
    leave(1, 3);
    run(
        superuser,
        "update tidemark.chain_anchor set cursor = 6, chain_hash = (select chain_hash from tidemark.event where cursor = 6)");
    assertNull(misfit());

    assertFoundAfter(6L, "update tidemark.event set chain_hash = sha256('x') where cursor = 6");
    assertFoundAfter(7L, "delete from tidemark.event where cursor = 7");
    assertFoundAfter(
        6L,
        "update tidemark.event set chain_hash = sha256('x') where cursor = 6",
        "update tidemark.chain_anchor set chain_hash = sha256('x')");
  }

  @Test
  void aDayThatIsMissingBetweenTwoDaysThatFollowEachOtherIsDamage() {
    leave(1, 3);
    run(
        superuser,
        "update tidemark.chain_anchor set cursor = 9, chain_hash = (select chain_hash from tidemark.event where cursor = 9)");

    assertFoundAfter(6L, "delete from tidemark.event where cursor in (6, 7)");
  }

  @Test
  void aKeptHeadIsFoundAtTheAnchorAndAboveIt() {
    Object third = hash(3);
    Object sixth = hash(6);
    Object ninth = hash(9);
    leave(1, 6);

    assertNull(one(superuser, "select audit.verify_since('s-1', 9, ?)", ninth));
    assertNull(one(superuser, "select audit.verify_since('s-1', 6, ?)", sixth));
    assertEquals(6L, one(superuser, "select audit.verify_since('s-1', 6, ?)", ninth));
    assertNull(one(superuser, "select audit.verify_since('s-1', 0, repeat('0', 64))"));
    assertEquals(
        "P0002",
        assertThrows(
                SqlFailure.class,
                () -> one(superuser, "select audit.verify_since('s-1', 3, ?)", third))
            .state());
  }

  /** Removes events as the purge does: together with the anchor, in one transaction. */
  private void leave(long from, long to) {
    run(
        superuser,
        """
        insert into tidemark.chain_anchor (session_key, cursor, chain_hash)
        select session_key, cursor, chain_hash from tidemark.event where cursor = ?
            on conflict (session_key) do update set cursor = excluded.cursor, chain_hash = excluded.chain_hash""",
        to);
    run(superuser, "delete from tidemark.event where cursor between ? and ?", from, to);
  }

  private void assertFoundAfter(long cursor, String... statements) {
    run(superuser, "savepoint before");
    for (String sql : statements) {
      run(superuser, sql);
    }
    assertEquals(cursor, misfit(), () -> String.join("; ", statements));
    run(superuser, "rollback to savepoint before");
    assertNull(misfit());
  }

  private Object misfit() {
    return one(superuser, "select audit.verify_session('s-1')");
  }

  private Object hash(long cursor) {
    return one(superuser, "select chain_hash from audit.event_history where cursor = ?", cursor);
  }
}
