package dev.tidemark.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Writes the figures: to the console, a file for programs, a page and a table for people. */
final class Report {
  static final Path DIRECTORY = Path.of("target", "bench");
  private static final Logger LOG = Logger.getLogger(Report.class);

  private Report() {}

  static void write(BenchRun benchRun) throws IOException {
    Files.createDirectories(DIRECTORY);
    Files.writeString(DIRECTORY.resolve("bench.json"), JsonReport.of(benchRun));
    Files.writeString(DIRECTORY.resolve("index.html"), PageReport.of(benchRun));
    Files.writeString(DIRECTORY.resolve("table.md"), MarkdownTable.of(benchRun.results()));
    LOG.infof(
        "%s%n%n%s%nMore in %s", benchRun.machine(), ConsoleTable.of(benchRun.results()), DIRECTORY);
  }
}
