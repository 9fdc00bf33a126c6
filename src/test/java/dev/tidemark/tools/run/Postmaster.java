package dev.tidemark.tools.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The process that PostgreSQL's file {@code postmaster.pid} names, if it is still the server. */
final class Postmaster {

  private Postmaster() {}

  static Path file(Path cluster) {
    return cluster.resolve("postmaster.pid");
  }

  /**
   * The id may belong to another process by now; only a process that runs on this directory counts.
   */
  static Optional<ProcessHandle> of(Path cluster) {
    try {
      List<String> lines = Files.readAllLines(file(cluster));
      return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
          .filter(process -> process.info().commandLine().orElse("").contains(cluster.toString()));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty(); // no file, or one that was not written to its end: nothing runs
    }
  }
}
