package dev.tidemark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lists in the documents match the definitions in the code. */
final class DocumentsTest {
  /** What the applications up to schema version 15 look up. */
  private static final Set<String> FOR_OLDER_APPLICATIONS =
      Set.of(
          "java:jboss/ee/concurrency/executor/tidemark-background",
          "java:jboss/ee/concurrency/scheduler/tidemark");

  private static final Path ROOT = Path.of(System.getProperty("basedir", ""));
  private static final String MAIN = textOf("src/main/java", ".java");
  private static final String ARCHITECTURE = read(ROOT.resolve("docs/architecture.md"));
  private static final String OPERATIONS = read(ROOT.resolve("docs/operations.md"));

  @Test
  void theRoomsAreThoseOfTheArchitectureTest() {
    assertEquals(new TreeMap<>(ArchitectureTest.ARROWS), arrows("`(\\w+)`"));
  }

  @Test
  void theSubRoomsOfAccessAreThoseOfTheArchitectureTest() {
    assertEquals(new TreeMap<>(ArchitectureTest.ACCESS_ARROWS), arrows("`access/(\\w+)`"));
  }

  /** Reads the rows of a table of rooms: the rooms that each may call. */
  private static Map<String, Set<String>> arrows(String room) {
    Map<String, Set<String>> drawn = new TreeMap<>();
    matches("^\\| " + room + " \\| [^|]+ \\| ([^|]+) \\|$", ARCHITECTURE)
        .forEach(
            row ->
                drawn.put(
                    row.group(1),
                    matches(room, row.group(2))
                        .map(called -> called.group(1))
                        .collect(Collectors.toSet())));
    return drawn;
  }

  @Test
  void everyLogMessageIsListedWithItsLevelAndItsIdIsItsOwn() {
    List<String> logged =
        matches("LOG\\s*\\.(debug|info|warn|error)f?\\(\\s*(?:\\w+,\\s*)?\"(TIDE\\d{4})", MAIN)
            .map(call -> call.group(2) + " " + call.group(1))
            .sorted()
            .toList();
    assertEquals(
        matches("TIDE\\d{4}", MAIN).count(), logged.size(), "each id stands in one call of LOG");
    assertEquals(new HashSet<>(logged).size(), logged.size(), "an id is used twice: " + logged);
    assertEquals(
        logged,
        matches("^\\| (TIDE\\d{4}) \\| (\\w+) \\|", OPERATIONS)
            .map(row -> row.group(1) + " " + row.group(2))
            .toList());
  }

  /** Views and commands take tenant and name; a key is looked up first ({@code SessionNames}). */
  @Test
  void noLogMessageNamesASessionByItsKey() {
    assertEquals(
        List.of(),
        matches("LOG\\s*\\.\\w+\\((?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\";])*\\);", MAIN)
            .map(MatchResult::group)
            .filter(
                call ->
                    call.replaceAll("names\\s*\\.of\\((?:[^()]|\\([^()]*\\))*\\)", "")
                        .contains("essionKey"))
            .toList());
  }

  @Test
  void theServerIsGivenEveryResourceThatTheApplicationLooksUp() {
    String resource = "java:jboss/(?:datasources|ee/concurrency)/[a-z/-]+";
    Set<String> wanted = found(resource, MAIN + textOf("src/main/resources", ".xml"));
    Set<String> given = found(resource, textOf("server-config", ".cli"));
    given.removeAll(FOR_OLDER_APPLICATIONS);
    assertEquals(given, wanted);
    String documents =
        OPERATIONS
            + ARCHITECTURE.replaceAll("`(executor|scheduler)/", "java:jboss/ee/concurrency/$1/");
    wanted.forEach(name -> assertTrue(documents.contains(name), name));
  }

  @Test
  void everyOptionOfTheRunIsInTheReadme() {
    String options = read(ROOT.resolve("src/test/java/dev/tidemark/tools/run/RunOptions.java"));
    String readme = read(ROOT.resolve("README.md"));
    Set<String> known = found("(?<=\")(?:http|management|db|data|server)\\.[a-z]+(?=\")", options);
    assertEquals(known, found("(?<=`)(?:http|management|db|data|server)\\.[a-z]+(?=`)", readme));
  }

  @Test
  void everyKeyOfAccessIsInTheChapterOnSecurity() {
    String keys = "(?<=`)tidemark\\.(?:access|oidc)\\.[a-z.-]+(?=`)";
    String chapter = read(ROOT.resolve("docs/security.md"));
    assertEquals(
        found(keys, read(ROOT.resolve("docs/configuration.md"))),
        found(keys, chapter.substring(chapter.indexOf("## The keys"))));
  }

  private static Set<String> found(String pattern, String text) {
    return matches(pattern, text)
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<MatchResult> matches(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results();
  }

  private static String textOf(String folder, String ending) {
    try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .sorted()
          .map(DocumentsTest::read)
          .collect(Collectors.joining("\n"));
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
