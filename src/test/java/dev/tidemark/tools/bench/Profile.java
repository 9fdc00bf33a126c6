package dev.tidemark.tools.bench;

import dev.tidemark.testing.watch.Jcmd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records the server's threads during a case by Flight Recorder, with {@code -Dbench.profile}. */
final class Profile {
  private final Bench bench;
  private final Path file;

  private Profile(Bench bench, Path file) {
    this.bench = bench;
    this.file = file;
  }

  static Profile of(String name, Bench bench) throws IOException, InterruptedException {
    boolean wanted = System.getProperty("bench.profile") != null;
    Path file = wanted ? Report.DIRECTORY.resolve(name + ".jfr").toAbsolutePath() : null;
    if (wanted) {
      Files.createDirectories(Report.DIRECTORY);
      Jcmd.run(bench.server().process().pid(), "JFR.start", "name=bench", "settings=profile");
    }
    return new Profile(bench, file);
  }

  /** Writes the recording and logs its hot spots. */
  void end() throws IOException, InterruptedException {
    if (file != null) {
      Jcmd.run(bench.server().process().pid(), "JFR.stop", "name=bench", "filename=" + file);
      bench.say("%s%n%s", file, HotSpots.of(file));
    }
  }
}
