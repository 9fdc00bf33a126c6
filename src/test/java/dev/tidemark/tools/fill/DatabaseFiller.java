package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Makes and writes a month at the same time: while one day is written, the next one is made. */
final class DatabaseFiller {
  private final DatabaseLogin superuser;
  private final Month month;

  DatabaseFiller(DatabaseLogin superuser, Month month) {
    this.superuser = superuser;
    this.month = month;
  }

  /**
   * Fills the database.
   *
   * @param each receiver of each day's data, before they are written
   * @param written receiver of the number of events written since its last call
   * @return number of events in the database
   */
  long fill(BiConsumer<LocalDate, Dataset> each, LongConsumer written) throws SQLException {
    try (Connection connection = superuser.connect()) {
      MonthWriter whole = new MonthWriter(connection, month);
      whole.begin();
      DayWriter days = new DayWriter(connection, written);
      long[] events = {0};
      CompletableFuture<?>[] writing = {CompletableFuture.completedFuture(null)};
      month.generate(
          (day, dataset) -> {
            writing[0].join();
            events[0] += dataset.events.size();
            each.accept(day, dataset);
            writing[0] = CompletableFuture.runAsync(() -> write(days, day, dataset));
          });
      writing[0].join();
      days.finish();
      whole.end();
      return events[0];
    } catch (CompletionException e) {
      if (e.getCause() instanceof WritingException failed) {
        throw failed.cause;
      }
      throw e;
    }
  }

  private static void write(DayWriter days, LocalDate day, Dataset dataset) {
    try {
      days.write(day, dataset);
    } catch (SQLException e) {
      throw new WritingException(e);
    }
  }

  private static final class WritingException extends RuntimeException {
    private final SQLException cause;

    WritingException(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
