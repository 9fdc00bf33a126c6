package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.tools.bench.History;
import java.sql.Connection;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The filled log of the benchmark is like one that has grown. */
class HistoryIT {
  private final Connection superuser = SchemaDatabase.fresh().as("postgres");

  @Test
  void aFilledLogIsWholeButForItsHashesAndPurgesLikeAnyOther() throws Exception {
    History history = History.fill(superuser, 3_000, 30, 10);

    assertEquals(3_000L, one(superuser, "select count(*) from tidemark.event"));
    assertEquals(0L, one(superuser, "select count(*) from tidemark.event_default"));
    nothingIsViolatedButTheChain();

    history.purge(sinceNoon(7));

    assertEquals(22 * 100L, one(superuser, "select count(*) from tidemark.event_history"));
    assertEquals(3_000L, one(superuser, "select count(*) from tidemark.event_all"));
    nothingIsViolatedButTheChain();
  }

  /** Noon, whatever the time is now, so that a day has events on either side. */
  private static Duration sinceNoon(int daysAgo) {
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    return Duration.between(now.minusDays(daysAgo).truncatedTo(ChronoUnit.DAYS).plusHours(12), now);
  }

  /** Messages and turns are not filled. */
  private void nothingIsViolatedButTheChain() {
    assertEquals(
        List.of(5, 7, 10),
        column(superuser, "select distinct invariant from audit.invariant_violations order by 1"));
  }
}
