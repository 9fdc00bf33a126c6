package dev.tidemark.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The source files of the application, for tests of their content. */
public final class Sources {
  private static final Path MAIN = Path.of(System.getProperty("basedir", ""), "src/main/java");

  private Sources() {}

  /** The text of each file. */
  public static Stream<String> main() {
    try (Stream<Path> files = Files.walk(MAIN)) {
      List<Path> java = files.filter(file -> file.toString().endsWith(".java")).toList();
      return java.stream().map(Sources::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
