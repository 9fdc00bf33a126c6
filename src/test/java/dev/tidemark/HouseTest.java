package dev.tidemark;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps classes small and their names unique, so that the code stays easy to navigate. */
final class HouseTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ""));
  private static final int MAX_LINES = 300;
  private static final int MAX_MEDIAN = 60;
  private static final int MAX_WIDTH = 120;

  /** Not the SQL of released migrations, which never changes. */
  private static final Map<String, String> SOURCES =
      Map.of(
          "src", ".java",
          "src/main/webapp", ".js",
          "db/functions", ".sql",
          "db/audit", ".sql",
          "db/roles", ".sql");

  /** Tests may have wide tables of cases; their comments are as narrow as all others. */
  private static final Path TESTS = ROOT.resolve("src/test");

  private static final Pattern COMMENT = Pattern.compile("\\s*(//|/?\\*)");

  @Test
  void noClassIsLongAndHalfOfThemAreShort() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (Path source : classes("src/main/java")) {
      int lines = Files.readAllLines(source).size();
      assertTrue(lines <= MAX_LINES, source + " has " + lines + " lines: split it");
      sizes.add(lines);
    }
    sizes.sort(null);
    int median = sizes.get(sizes.size() / 2);
    assertTrue(median <= MAX_MEDIAN, "The median class has " + median + " lines");
  }

  @Test
  void noTwoClassesHaveTheSameName() throws IOException {
    Set<String> names = new HashSet<>();
    Set<String> twice =
        classes("src").stream()
            .map(source -> source.getFileName().toString())
            .filter(name -> !names.add(name))
            .collect(toSet());
    assertEquals(Set.of(), twice);
  }

  @Test
  void noLineIsWiderThanThePages() throws IOException {
    List<String> wide = new ArrayList<>();
    for (Map.Entry<String, String> kind : SOURCES.entrySet()) {
      for (Path source : files(kind.getKey(), kind.getValue())) {
        Files.readAllLines(source).stream()
            .filter(line -> line.length() > MAX_WIDTH)
            .filter(line -> !source.startsWith(TESTS) || COMMENT.matcher(line).lookingAt())
            .forEach(line -> wide.add(source + ": " + line));
      }
    }
    assertEquals(List.of(), wide);
  }

  private static List<Path> classes(String folder) throws IOException {
    return files(folder, ".java").stream()
        .filter(source -> !source.endsWith("package-info.java"))
        .toList();
  }

  private static List<Path> files(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
