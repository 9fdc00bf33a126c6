package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** Ids of published events are forgotten with their events, whatever the others do. */
class PublicationIT {
  private final SchemaDatabase database = SchemaDatabase.fresh();
  private final Connection superuser = database.as("postgres");
  private final Connection app = database.as("tidemark_app");

  /** The oldest are of a session whose floor does not rise, and would fill every look. */
  @Test
  void rowsThatStayKeepNoOthers() {
    TestLog held = published("held", 120, 0);
    TestLog free = published("free", 200, 1_000);
    raise(free);

    forgetUntilNothingIsDone(5);
    assertEquals(120L, count(held));
    assertEquals(0L, count(free));

    raise(held);
    forgetUntilNothingIsDone(5);
    assertEquals(0L, count(held));
  }

  @Test
  void rowsOfOneTimeAreLookedAtTogether() {
    TestLog held = published("held", 10, 0);
    TestLog free = published("free", 10, 0);
    run(superuser, "update tidemark.publication set published_at = '2026-01-01 00:00:00Z'");
    raise(free);

    assertEquals(10L, one(app, "select tidemark.forget_publications(1)"));
    assertEquals(10L, count(held));
  }

  /** One call looks at a bounded number of rows; the next goes on from there. */
  @Test
  void aLookGoesOnWhereTheLastOneEnded() {
    published("held", 100, 0);
    TestLog free = published("free", 1, 1_000);
    raise(free);

    int calls = 0;
    while (count(free) > 0) {
      assertTrue(++calls <= 6, "20 looks of one row in each call");
      run(app, "select tidemark.forget_publications(1)");
    }
    assertEquals(6, calls);
  }

  @Test
  void whoFindsAnotherAtItRemovesNothingAndSaysSo() {
    TestLog free = published("free", 1, 0);
    raise(free);
    run(superuser, "select pg_advisory_lock(29801, 11)");
    assertNull(one(app, "select tidemark.forget_publications(10)"));
    assertEquals(1L, count(free));
    run(superuser, "select pg_advisory_unlock(29801, 11)");
    assertEquals(1L, one(app, "select tidemark.forget_publications(10)"));
  }

  /** Calls it as the clean-up does, over a few intervals: a round over all rows has no end here. */
  private void forgetUntilNothingIsDone(int most) {
    for (int interval = 0; interval < 3; interval++) {
      long done = 1;
      while (done > 0) {
        done = (Long) one(app, "select tidemark.forget_publications(?)", most);
        assertTrue(done <= most, () -> "more than " + most + " at once");
      }
    }
  }

  private TestLog published(String sessionId, int events, int secondsAfter) {
    TestLog log = new TestLog(superuser, sessionId);
    for (int i = 0; i < events; i++) {
      log.append("broadcast", "{}");
    }
    run(
        superuser,
        """
        insert into tidemark.publication (session_key, event_id, cursor, published_at)
        select session_key, event_id, cursor,
               timestamptz '2026-01-01 00:00:00Z' + (cursor + ?) * interval '1 second'
          from tidemark.event where session_key = ?
        """,
        secondsAfter,
        log.key);
    return log;
  }

  private void raise(TestLog log) {
    run(
        superuser,
        "update tidemark.session_head set floor_cursor = head_cursor + 1 where session_key = ?",
        log.key);
  }

  private long count(TestLog log) {
    return (Long)
        one(superuser, "select count(*) from tidemark.publication where session_key = ?", log.key);
  }
}
