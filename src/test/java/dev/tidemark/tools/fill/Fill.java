package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.StartupException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code mvn -Pfill}: fills a database with a month of use. A PostgreSQL of its own stays up for
 * psql until Ctrl-C; the next start serves its data unchanged.
 */
public final class Fill {
  private static final String DATABASE = "tidemark";

  /** Held here: the levels would be lost if the loggers were garbage-collected. */
  private static final Logger[] TALKATIVE = {
    Logger.getLogger("org.flywaydb"),
    Logger.getLogger("io.zonky"),
    Logger.getLogger("org.postgresql")
  };

  private final FillOptions options;
  private final PrintStream terminal;

  private Fill(FillOptions options, PrintStream terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /**
   * Ends with status 1 where the database cannot be filled.
   *
   * @param arguments none; see {@link FillOptions}
   */
  public static void main(String[] arguments) throws InterruptedException {
    for (Logger logger : TALKATIVE) {
      logger.setLevel(Level.SEVERE);
    }
    PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try {
      new Fill(FillOptions.from(System.getProperties()), terminal).run();
    } catch (StartupException | IllegalArgumentException | IllegalStateException e) {
      terminal.println(e.getMessage());
      System.exit(1);
    } catch (SQLException e) {
      terminal.println("The database cannot be filled: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws SQLException, InterruptedException {
    if (options.external().isPresent()) {
      fill(options.external().get());
      if (options.ask()) {
        new QuestionTimer(options.external().get(), terminal).run();
      }
      return;
    }
    try (DevelopmentDatabase database =
        DevelopmentDatabase.in(options.data(), options.port()).start()) {
      database.createDatabase(DATABASE);
      fill(database.superuser(DATABASE));
      if (options.ask()) {
        new QuestionTimer(database.auditor(DATABASE), terminal).run();
        return;
      }
      DatabaseLogin auditor = database.auditor(DATABASE);
      terminal.printf(
          """

          Ask it:  PGPASSWORD=%s psql -h 127.0.0.1 -p %d -U %s %s
          Data:    %s
          Ctrl-C stops it; mvn -Pfill serves it again.
          """,
          auditor.password(), database.port(), auditor.user(), DATABASE, options.data());
      untilToldToStop(database);
    }
  }

  private static void untilToldToStop(DevelopmentDatabase database) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(database::close, "stop"));
    new CountDownLatch(1).await();
  }

  private void fill(DatabaseLogin superuser) throws SQLException {
    if (isFilled(superuser)) {
      terminal.println("The database is filled already.");
      return;
    }
    terminal.printf("Filling %s%n", superuser.url());
    Month month =
        new Month(options.seed(), options.events(), options.days(), Times.of(Instant.now()));
    ProgressBar bar = new ProgressBar(terminal, StandardOutput.isTerminal(), options.events());
    long events = new DatabaseFiller(superuser, month).fill((day, dataset) -> {}, bar::add);
    bar.end();
    terminal.printf("%,d events in %,d sessions%n", events, month.sessions.size());
  }

  private static boolean isFilled(DatabaseLogin superuser) throws SQLException {
    try (Connection connection = superuser.connect();
        Statement statement = connection.createStatement();
        ResultSet filled =
            statement.executeQuery(
                "select exists (select from tidemark.epoch where reason = '"
                    + World.SWITCHED
                    + "') and exists (select from tidemark.session_head)")) {
      filled.next();
      return filled.getBoolean(1);
    }
  }
}
