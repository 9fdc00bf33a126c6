package dev.tidemark.database;

import static dev.tidemark.database.RecordsOfFourDays.FINDINGS;
import static dev.tidemark.database.RecordsOfFourDays.TODAY;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.sql.Connection;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The digests of a day wait for what may still be written on it, and say that they do. */
class DigestLookIT {
  private final RecordsOfFourDays records = new RecordsOfFourDays();
  private final Connection app = records.app;
  private final Connection auditor = records.auditor;

  @Test
  void aDayWaitsForATransactionThatWroteOnItAndForNoLaterOne() throws Exception {
    try (Connection late = records.database.as("tidemark_app");
        Connection later = records.database.as("tidemark_app")) {
      late.setAutoCommit(false);
      later.setAutoCommit(false);
      writeOnTheDayBefore(late);
      assertEquals(0, records.digest());
      assertEquals(
          one(late, "select pg_backend_pid()::text"),
          one(
              auditor,
              "select array_to_string(waits_for, ' ') from audit.proof_status where proof = 'digests'"));
      run(
          later,
          "insert into tidemark.join_record (principal, tenant, node, outcome) values ('a', 'a', 'n', 'fresh')");
      assertEquals(0, records.digest());
      late.commit();

      assertEquals(4, records.digest());
      later.commit();
    }
    assertEquals(List.of(), rows(auditor, FINDINGS));
    assertEquals(
        6L,
        one(
            auditor,
            "select rows from audit.record_digests where record = 'join_record' order by day desc limit 1"));
  }

  @Test
  void theTimeOfTheLastLookIsThere() {
    String looked = "select looked_at from audit.proof_status where proof = ?";
    assertEquals(Collections.singletonList(null), column(auditor, looked, "digests"));
    records.digest();
    Object first = one(auditor, looked, "digests");
    records.digest();
    assertNotEquals(first, one(auditor, looked, "digests"));
    assertEquals(
        1,
        one(
            auditor,
            "select "
                + TODAY
                + " - digested_until from audit.proof_status where proof = 'digests'"));
    run(app, "select tidemark.note_privileges()");
    assertNotEquals(null, one(auditor, looked, "privileges"));
  }

  private static void writeOnTheDayBefore(Connection connection) {
    run(
        connection,
        """
        insert into tidemark.join_record (joined_at, principal, tenant, node, outcome)
        values ((%s - 1) at time zone 'UTC' + interval '23 hours', 'late', 'default', 'n', 'fresh')"""
            .formatted(TODAY));
  }
}
