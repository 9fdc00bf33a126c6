package dev.tidemark.database;

import static dev.tidemark.database.RecordsOfFourDays.FINDINGS;
import static dev.tidemark.database.RecordsOfFourDays.TODAY;
import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Digests of many rows and of many days, and those of rows that change later. */
class DigestVolumeIT {
  private static final String OF_NODES = FINDINGS + " where record = 'node_record'";

  private final RecordsOfFourDays records = new RecordsOfFourDays();
  private final Connection superuser = records.superuser;
  private final Connection app = records.app;
  private final Connection auditor = records.auditor;

  /** Rows of a kilobyte are hashed before they are sorted: the limit is a tenth of them. */
  @Test
  void theAuditorVerifiesManyRowsWithinTheLimitOfTemporaryFiles() throws Exception {
    run(
        superuser,
        """
        insert into tidemark.join_record (joined_at, principal, tenant, node, outcome, user_agent)
        select (%s - 1) at time zone 'UTC' + n * interval '1 second', 'alice', 'default', 'n', 'fresh', repeat('x', 1000)
          from generate_series(1, 60000) n"""
            .formatted(TODAY));
    records.digest();
    run(superuser, "alter role tidemark_auditor set temp_file_limit = '10MB'");
    run(superuser, "alter role tidemark_auditor set work_mem = '64kB'");
    try (Connection limited = records.database.as("tidemark_auditor")) {
      assertEquals(List.of(), rows(limited, FINDINGS));
    } finally {
      run(superuser, "alter role tidemark_auditor set temp_file_limit = '2GB'");
      run(superuser, "alter role tidemark_auditor reset work_mem");
    }
  }

  @Test
  void manyDaysAreComparedInPieces() {
    records.digest();
    String sql =
        "select cardinality(days) from tidemark.digest_pieces('-infinity', 'infinity', ?) where record = 'join_record'";
    assertEquals(List.of(4), column(superuser, sql, 1000L));
    assertEquals(List.of(2, 2), column(superuser, sql, 10L));
    assertEquals(List.of(1, 1, 1, 1), column(superuser, sql, 1L));
  }

  @Test
  void whatANodeSaysOfItselfAtItsStartIsDigestedAndGoesByAge() {
    run(
        superuser,
        """
        insert into tidemark.node_record (node, started_at, seen_at, record_every, version)
        select 'n-' || ago, at, at, '30 s', '1.0'
          from unnest(array[1, 4]) ago, lateral (select (%s - ago) at time zone 'UTC' as at) t"""
            .formatted(TODAY));
    records.digest();
    run(superuser, "update tidemark.node_record set seen_at = seen_at + interval '1 minute'");
    assertEquals(List.of(), rows(auditor, FINDINGS));
    run(superuser, "delete from tidemark.leave_record");
    run(superuser, "delete from tidemark.join_record");
    assertEquals(
        1L,
        one(
            app,
            "select tidemark.forget_records(now() - (%s - 3) at time zone 'UTC', 1000)"
                .formatted(TODAY)));
    assertEquals(List.of(), rows(auditor, OF_NODES));

    run(superuser, "update tidemark.node_record set version = '2.0'");
    assertEquals(List.of(List.of(1, "node_record", "changed", 1L, 1L)), rows(auditor, OF_NODES));
  }
}
