package dev.tidemark.tools.fill;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A DBA who has docs/audit.md and psql: asks each question as it is printed there, as the auditor,
 * of this machine's PostgreSQL and of the newest one, at their defaults; says how long each takes.
 * {@link CookbookIT} compares the results.
 */
class DbaIT {
  private static final long EVENTS = 60_000;
  private static final int DAYS = 20;

  @TestFactory
  Stream<DynamicTest> everyQuestionAsPrinted() {
    InstalledPostgres installed = InstalledPostgres.orSkip();
    Map<String, Function<String, DevelopmentDatabase>> servers =
        Map.of("installed", installed::startFresh, "newest", DevelopmentDatabase::startFresh);
    return servers.entrySet().stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getKey(),
                    () ->
                        ask(installed, one.getKey(), one.getValue().apply("dba-" + one.getKey()))));
  }

  private static void ask(InstalledPostgres psql, String name, DevelopmentDatabase started)
      throws Exception {
    try (DevelopmentDatabase server = started) {
      server.createDatabase(
          "tidemark", login -> psql.install(Path.of("db").toAbsolutePath(), login));
      MonthDataset month = fill(server.superuser("tidemark"));
      Map<String, String> variables = new QuestionSubjects(month).variables();
      List<Cookbook.Question> questions = Cookbook.questions();
      Path script = Directories.forTest("dba-" + name + ".sql");
      Files.writeString(script, script(variables, questions));
      String said = psql.psql(server.auditor("tidemark"), script);
      List<String> times = times(said);
      assertTrue(times.size() == questions.size(), said);
      System.err.println(first(said) + ", " + EVENTS + " events, by psql as the auditor:");
      times.forEach(System.err::println);
    }
  }

  private static MonthDataset fill(DatabaseLogin superuser) throws Exception {
    Month month = new Month(11, EVENTS, DAYS, Times.of(Instant.now()));
    MonthDataset all = new MonthDataset(month);
    new DatabaseFiller(superuser, month).fill(all::add, more -> {});
    return all;
  }

  /** The variables as the page sets them, then each question between its title and its time. */
  private static String script(Map<String, String> variables, List<Cookbook.Question> questions) {
    List<String> lines = new ArrayList<>(List.of("\\set ON_ERROR_STOP 1", "\\pset pager off"));
    lines.add("select version();");
    variables.forEach((name, value) -> lines.add("\\set " + name + " '" + value + "'"));
    for (Cookbook.Question question : questions) {
      lines.add("\\echo Question: " + question.title().replace("'", "''"));
      lines.addAll(List.of("\\timing on", question.sql() + ";", "\\timing off"));
    }
    return String.join("\n", lines) + "\n";
  }

  private static List<String> times(String said) {
    List<String> times = new ArrayList<>();
    String title = "";
    for (String line : said.split("\n", -1)) {
      if (line.startsWith("Question: ")) {
        title = line.substring("Question: ".length());
      } else if (line.startsWith("Time: ")) {
        times.add("%15s  %s".formatted(line.substring(6).replaceFirst(" \\(.*", ""), title));
      }
    }
    return times;
  }

  private static String first(String said) {
    return Arrays.stream(said.split("\n", -1))
        .filter(line -> line.contains("PostgreSQL "))
        .findFirst()
        .orElseThrow()
        .strip()
        .replaceFirst(" on .*", "");
  }
}
