package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;

/**
 * A database with five joins on each of the last four days that are over; each leave was recorded
 * twenty hours later.
 */
final class RecordsOfFourDays {
  /** The day after the newest that is over, which has its digests an hour after its end. */
  static final String TODAY = "(now() at time zone 'UTC' - interval '1 hour')::date";

  static final String FINDINGS =
      "select "
          + TODAY
          + " - day, record, finding, rows_then, rows_now from audit.verify_records()";

  final SchemaDatabase database = SchemaDatabase.fresh();
  final Connection superuser = database.as("postgres");
  final Connection app = database.as("tidemark_app");
  final Connection auditor = database.as("tidemark_auditor");

  RecordsOfFourDays() {
    run(
        superuser,
        """
        insert into tidemark.join_record (joined_at, principal, tenant, node, outcome)
        select (%s - ago) at time zone 'UTC' + n * interval '5 hours', 'alice', 'default', 'n', 'fresh'
          from generate_series(1, 4) ago, generate_series(0, 4) n"""
            .formatted(TODAY));
    run(
        superuser,
        """
        insert into tidemark.leave_record (join_id, left_at, recorded_at, why, resyncs, sent_cursor, in_flight)
        select join_id, joined_at + interval '1 minute', joined_at + interval '20 hours', 'closed', 0, 1, 0
          from tidemark.join_record""");
  }

  /** Has the days digested that are over and have no digests; returns how many. */
  int digest() {
    return (int) one(app, "select tidemark.digest_records(10)");
  }
}
