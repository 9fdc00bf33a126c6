package dev.tidemark.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page {@code docs/performance.md} and the benchmark list the same cases. */
public final class PerformancePageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""), "docs", "performance.md");

  @Test
  void thePageListsTheCasesThatAreMeasured() throws IOException {
    List<String> measured =
        Cases.ALL.stream()
            .flatMap(
                one ->
                    one.rows().stream()
                        .map(
                            row ->
                                String.join(
                                    " | ",
                                    "`" + one.name() + "`",
                                    "`" + row.id() + "`",
                                    row.title(),
                                    row.limit(),
                                    row.target().toString())))
            .toList();
    assertEquals(
        measured,
        rows("^\\| (`[a-z-]+` \\| `[a-z-]+` \\| .*) \\|$").map(row -> row.group(1)).toList());
  }

  @Test
  void theLastRunIsOfEachRow() throws IOException {
    assertEquals(
        Arrays.stream(Row.values()).map(Row::id).toList(),
        rows("^\\| `([a-z-]+)` \\| [^`|]+ \\|").map(row -> row.group(1)).toList());
  }

  @Test
  void eachRowIsMeasuredByOneCase() {
    assertEquals(
        List.of(Row.values()), Cases.ALL.stream().flatMap(one -> one.rows().stream()).toList());
  }

  private static Stream<MatchResult> rows(String pattern) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(Files.readString(PAGE)).results();
  }
}
