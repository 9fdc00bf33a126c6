package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Paths of the build's products, and copying and removal of whole directories. */
public final class Directories {

  private Directories() {}

  /**
   * The provisioned and configured server: the system property {@code tidemark.server}, else {@code
   * target/server}.
   */
  public static Path server() {
    return Path.of(System.getProperty("tidemark.server", "target/server")).toAbsolutePath();
  }

  /**
   * The server as its makers deliver it, which no test changes: the system property {@code
   * tidemark.stock}, else {@code target/stock}.
   */
  public static Path stock() {
    return Path.of(System.getProperty("tidemark.stock", "target/stock")).toAbsolutePath();
  }

  /**
   * The application: the system property {@code tidemark.war}, else {@code target/tidemark.war}.
   */
  public static Path war() {
    return Path.of(System.getProperty("tidemark.war", "target/tidemark.war")).toAbsolutePath();
  }

  /** The directory for the output of a test, by name; not created. */
  public static Path forTest(String name) {
    return Path.of("target", "it", name).toAbsolutePath();
  }

  /** Copies a directory with all that is in it over the target. */
  public static void copy(Path from, Path to) {
    try (Stream<Path> found = Files.walk(from)) {
      List<Path> paths = found.toList();
      for (Path path : paths) {
        Path copy = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a directory with all that is in it, if it is there; follows no link. */
  public static void delete(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> found = Files.walk(directory)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
