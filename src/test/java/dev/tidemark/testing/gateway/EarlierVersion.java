package dev.tidemark.testing.gateway;

import dev.tidemark.tools.run.Command;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * An earlier version of this repository, with its application. Its commit is the newest one in the
 * line of first parents that has the wanted version of the schema, or lacks a folder: so no test
 * names a commit, and unfinished work of side branches is not taken.
 *
 * <p>The version is unpacked and built under {@code target/}, once for each commit.
 */
public final class EarlierVersion {
  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final Command GIT = Command.within(Duration.ofMinutes(1));
  private static final Pattern MIGRATION = Pattern.compile("db/migrations/V(\\d+)__.*");

  private final String commit;
  private final Path source;

  private EarlierVersion(String commit) {
    this.commit = commit;
    this.source = ROOT.resolve("target").resolve("earlier").resolve(commit);
  }

  /**
   * Finds the version. Without the history, as in a source archive or a shallow clone, the test is
   * skipped with the reason, or fails with {@code -Dhistory.required=true}.
   *
   * @param schemaVersion number of the newest migration
   */
  public static EarlierVersion orSkip(int schemaVersion) {
    return orSkip(
        "the history does not reach back to version " + schemaVersion + " of the schema",
        commit -> newestMigration(commit) == schemaVersion);
  }

  /**
   * Finds the version before the present schema.
   *
   * @param schemaVersion number of the newest migration, which the version does not have
   */
  public static EarlierVersion orSkipBelow(int schemaVersion) {
    return orSkip(
        "the history does not reach back to before version " + schemaVersion + " of the schema",
        commit -> newestMigration(commit) < schemaVersion);
  }

  /**
   * Finds the newest commit before a folder came into the repository.
   *
   * @param folder path such as {@code db/functions}
   */
  public static EarlierVersion orSkipBefore(String folder) {
    return orSkip(
        "the history does not reach back to before " + folder,
        commit -> git("ls-tree", "--name-only", commit, folder).isBlank());
  }

  /** The version's folder {@code db/}. */
  public Path db() {
    unpack();
    return source.resolve("db");
  }

  /** Returns the version's application, built once with the Maven that runs this test. */
  public synchronized Path war() {
    unpack();
    Path war = source.resolve("target").resolve("tidemark.war");
    Path built = source.resolve("built");
    if (!Files.exists(built)) {
      try {
        maven("--offline");
      } catch (StartupException e) {
        maven("--no-transfer-progress"); // it may need artifacts that this version does not
      }
      try {
        Files.createFile(built);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return war;
  }

  private static EarlierVersion orSkip(String missing, Predicate<String> wanted) {
    String reason = missing;
    try {
      Optional<String> commit = newest(wanted);
      if (commit.isPresent()) {
        return new EarlierVersion(commit.get());
      }
    } catch (StartupException e) {
      reason = "no history: " + e.getMessage();
    }
    if (Boolean.getBoolean("history.required")) {
      throw new AssertionError(reason);
    }
    System.err.println(
        "Skipped: " + reason); // the report has no line for a class skipped this early
    return Assumptions.abort(reason);
  }

  private void maven(String option) {
    String home = System.getProperty("maven.home");
    if (home == null) {
      throw new StartupException("-Dmaven.home is not set: run this test with Maven.");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(home, "bin", "mvn").toString(),
                option,
                "--batch-mode",
                "--quiet",
                "-Dspotless.check.skip=true",
                "compile",
                "war:war"));
    Optional.ofNullable(System.getProperty("maven.repo.local"))
        .ifPresent(repository -> command.add("-Dmaven.repo.local=" + repository));
    new Command(
            source, Map.of("JAVA_HOME", System.getProperty("java.home")), Duration.ofMinutes(10))
        .run(command);
  }

  /** Unpacks beside its place, then renames: a killed process leaves nothing half done. */
  private void unpack() {
    if (Files.isDirectory(source)) {
      return;
    }
    Path unfinished = source.resolveSibling(commit + ".unfinished");
    Path archive = source.resolveSibling(commit + ".tar");
    try {
      Directories.delete(unfinished);
      Files.createDirectories(unfinished);
      git("archive", "--output=" + archive, commit);
      GIT.run(List.of("tar", "-xf", archive.toString(), "-C", unfinished.toString()));
      Files.delete(archive);
      Files.move(unfinished, source, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> newest(Predicate<String> wanted) {
    if (!Files.exists(ROOT.resolve(".git"))) {
      throw new StartupException(ROOT + " is not a clone");
    }
    return git("rev-list", "--first-parent", "HEAD").lines().filter(wanted).findFirst();
  }

  private static int newestMigration(String commit) {
    return git("ls-tree", "--name-only", commit, "db/migrations/")
        .lines()
        .map(MIGRATION::matcher)
        .filter(Matcher::matches)
        .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
        .max()
        .orElse(0);
  }

  private static String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return GIT.run(command);
  }

  @Override
  public String toString() {
    return commit;
  }
}
