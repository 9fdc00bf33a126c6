package dev.tidemark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every page is linked from the README, every link works, and every class that is named exists. */
final class PagesTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ""));
  private static final Path README = ROOT.resolve("README.md");
  private static final int LINE = 120;

  private final List<Path> pages = pages();

  PagesTest() throws IOException {}

  @Test
  void everyPageIsLinkedFromTheReadme() throws IOException {
    String readme = Files.readString(README);
    for (Path page : pages) {
      String link = "(docs/" + page.getFileName() + ")";
      assertTrue(page.equals(README) || readme.contains(link), "README.md lacks " + link);
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path page : pages) {
      for (MatchResult link :
          matches("\\]\\((?!http)([^)#]*)(?:#([^)]+))?\\)", Files.readString(page))) {
        Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), page + " links to " + link.group(1));
        assertTrue(
            link.group(2) == null || anchors(target).contains(link.group(2)),
            page + " links to " + link.group());
      }
    }
  }

  /** A name in backticks is one of our classes; a folder before it names its room. */
  @Test
  void everyClassThatIsNamedExists() throws IOException {
    Set<String> files = new TreeSet<>();
    for (Path source : sources()) {
      String file = source.toString().replace('\\', '/').replaceFirst("\\.java$", "");
      String room = file.replaceFirst(".*/java/dev/tidemark/", "");
      for (int i = 0; i >= 0; i = room.indexOf('/', i + 1)) {
        files.add(room.substring(i).replaceFirst("^/", ""));
      }
    }
    for (String page : List.of("architecture.md", "development.md", "performance.md")) {
      String text = Files.readString(ROOT.resolve("docs").resolve(page));
      for (MatchResult name :
          matches("`((?:[a-z]+/)*[A-Z]\\w*[a-z]\\w*)(?:\\.\\w+)?(?:\\(\\))?`", text)) {
        assertTrue(files.contains(name.group(1)), page + " names " + name.group());
      }
    }
  }

  @Test
  void everyFileThatIsNamedExists() throws IOException {
    for (Path page : pages) {
      for (MatchResult name :
          matches("`((?:src|docs|db|server-config)/[\\w./-]*)`", Files.readString(page))) {
        assertTrue(Files.exists(ROOT.resolve(name.group(1))), page + " names " + name.group());
      }
    }
  }

  /** Tables and code blocks may be wider. */
  @Test
  void noLineOfProseIsLongerThanTheOthers() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path page : pages) {
      String prose = Files.readString(page).replaceAll("(?ms)^ *```.*?^ *```$", "");
      prose
          .lines()
          .filter(line -> line.codePointCount(0, line.length()) > LINE && !line.startsWith("|"))
          .forEach(line -> tooLong.add(page.getFileName() + ": " + line));
    }
    assertEquals(List.of(), tooLong);
  }

  /** Returns the anchors of a page's headings, as the usual renderers generate them. */
  private static Set<String> anchors(Path page) throws IOException {
    return matches("^#+ (.+)$", Files.readString(page)).stream()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\s-]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static List<MatchResult> matches(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().toList();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(README), docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
