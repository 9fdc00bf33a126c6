package dev.tidemark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each line of the table of threats names a test that there is, and keys that there are. */
final class SecurityPageTest {
  private static final Path DOCS = Path.of(System.getProperty("basedir", ""), "docs");
  private static final Pattern TEST = Pattern.compile("\\[(\\w+)]\\((\\.\\./src/test/[^)]+)\\)");
  private static final Pattern METHOD =
      Pattern.compile(
          "^  @(?:Test|TestFactory|ParameterizedTest|RepeatedTest|Property)\\b", Pattern.MULTILINE);
  private static final Pattern KEY = Pattern.compile("`(tidemark\\.[a-z.-]+)`");

  private final List<String> lines = lines();

  SecurityPageTest() throws IOException {}

  @Test
  void eachLineNamesATestThatThereIs() throws IOException {
    List<String> unproven = new ArrayList<>();
    for (String line : lines) {
      List<MatchResult> tests = TEST.matcher(line).results().toList();
      if (tests.isEmpty()) {
        unproven.add(line);
      }
      for (MatchResult test : tests) {
        Path file = DOCS.resolve(test.group(2));
        assertTrue(Files.isRegularFile(file), test.group());
        assertEquals(test.group(1) + ".java", file.getFileName().toString(), test.group());
        assertTrue(METHOD.matcher(Files.readString(file)).find(), "no test in " + test.group());
      }
    }
    assertEquals(List.of(), unproven);
  }

  @Test
  void eachKeyIsASetting() throws IOException {
    Set<String> keys =
        Files.readAllLines(DOCS.resolve("configuration.md")).stream()
            .filter(line -> line.startsWith("| `tidemark."))
            .flatMap(line -> KEY.matcher(line.split("\\|", -1)[1]).results())
            .map(key -> key.group(1))
            .collect(Collectors.toSet());
    assertTrue(keys.size() > 100, "the keys of the page: " + keys.size());
    assertEquals(
        List.of(),
        lines.stream()
            .flatMap(line -> KEY.matcher(line).results())
            .map(key -> key.group(1))
            .filter(key -> !keys.contains(key))
            .toList());
  }

  /** The lines of the table, without its head. */
  private static List<String> lines() throws IOException {
    String page = Files.readString(DOCS.resolve("security.md"));
    int from = page.indexOf("## What we defend, and how");
    List<String> rows =
        page.substring(from, page.indexOf("\n## ", from))
            .lines()
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .toList();
    assertTrue(rows.size() > 30, "lines: " + rows.size());
    return rows;
  }
}
