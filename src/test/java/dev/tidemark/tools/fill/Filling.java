package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** A month, made and written at the same time: while one day is written, the next one is made. */
final class Filling {
  private final DatabaseLogin superuser;
  private final Month month;

  Filling(DatabaseLogin superuser, Month month) {
    this.superuser = superuser;
    this.month = month;
  }

  /**
   * Fills the database.
   *
   * @param each receiver of each day's facts, before they are written
   * @param written receiver of the number of events written since its last call
   * @return number of events in the database
   */
  long fill(BiConsumer<LocalDate, Facts> each, LongConsumer written) throws SQLException {
    try (Connection connection = superuser.connect()) {
      MonthWriting whole = new MonthWriting(connection, month);
      whole.begin();
      DayWriting days = new DayWriting(connection, written);
      long[] events = {0};
      CompletableFuture<?>[] writing = {CompletableFuture.completedFuture(null)};
      month.live(
          (day, facts) -> {
            writing[0].join();
            events[0] += facts.events.size();
            each.accept(day, facts);
            writing[0] = CompletableFuture.runAsync(() -> write(days, day, facts));
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

  private static void write(DayWriting days, LocalDate day, Facts facts) {
    try {
      days.write(day, facts);
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
