package dev.tidemark.tools.fill;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.SQLException;
import java.time.Instant;

/** A small filled database for the tests of this package, filled once for all of them. */
final class FilledDatabase {
  static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  private static final long EVENTS = 60_000;
  private static final int DAYS = 20;

  private static MonthDataset dataset;

  private FilledDatabase() {}

  static synchronized MonthDataset dataset() {
    if (dataset == null) {
      Month month = new Month(11, EVENTS, DAYS, Times.of(Instant.now()));
      MonthDataset all = new MonthDataset(month);
      try {
        new DatabaseFiller(DATABASE.login("postgres"), month).fill(all::add, more -> {});
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      dataset = all;
    }
    return dataset;
  }
}
