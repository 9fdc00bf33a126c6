package dev.tidemark.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of {@code db/} that are applied again whenever they change. */
final class RepeatableFiles {
  private static final Pattern FUNCTION =
      Pattern.compile(
          "(?m)^create (?:or replace )?(?:function|procedure|aggregate) ([a-z_]+\\.[a-z_]+)\\(");

  private RepeatableFiles() {}

  /** In the order in which {@code install.sh} applies them. */
  static List<Path> all() {
    return Stream.of("functions", "audit").flatMap(RepeatableFiles::of).toList();
  }

  /** The names of the functions that a file defines, with their schema. */
  static Stream<String> functions(Path file) {
    try {
      return FUNCTION.matcher(Files.readString(file)).results().map(found -> found.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> of(String folder) {
    try (Stream<Path> files = Files.list(Path.of("db", folder))) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
