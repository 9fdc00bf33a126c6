package dev.tidemark.tools.fill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Asks all questions of docs/audit.md on the PostgreSQL of this machine's packages, which is older
 * than that of the other tests and compiles expensive plans by default.
 */
class CookbookOnOldestIT {
  private static final Pattern ANSWER =
      Pattern.compile("^ +(\\d+\\.\\d+) s +[\\d,]+ rows  (.+)$", Pattern.MULTILINE);

  /** Hundred times what the slowest takes; a wrong plan takes more, on a log of any size. */
  private static final double MAX_SECONDS = 30;

  @Test
  void theAuditorAsksEachQuestionWithoutACompiledPlan() throws Exception {
    InstalledPostgres installed = InstalledPostgres.orSkip();
    try (DevelopmentDatabase server = installed.startFresh("cookbook-database")) {
      server.createDatabase("asked");
      Month month = new Month(5, 20_000, Month.MIN_DAYS, Times.of(Instant.now()));
      new DatabaseFiller(server.superuser("asked"), month).fill((day, data) -> {}, more -> {});
      try (Connection superuser = server.superuser("asked").connect()) {
        assertEquals("on", SchemaDatabase.one(superuser, "show jit"));
      }
      try (Connection auditor = server.auditor("asked").connect()) {
        assertEquals("off", SchemaDatabase.one(auditor, "show jit"));
      }
      for (DatabaseLogin login : List.of(server.auditor("asked"), server.superuser("asked"))) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new QuestionTimer(login, new PrintStream(printed, true, UTF_8)).run();

        List<String> titles = Cookbook.questions().stream().map(Cookbook.Question::title).toList();
        String text = printed.toString(UTF_8);
        assertEquals(titles, ANSWER.matcher(text).results().map(a -> a.group(2)).toList());
        assertTrue(
            ANSWER
                .matcher(text)
                .results()
                .allMatch(a -> Double.parseDouble(a.group(1)) < MAX_SECONDS),
            text);
      }
    }
  }
}
