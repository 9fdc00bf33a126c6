package dev.tidemark.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The commands of {@code docs/operations.md}, as an operator would copy them. */
final class OperationsPage {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\n(.*?)^```$");

  private OperationsPage() {}

  /** The block of commands that contains a text. */
  static String blockWith(String text) throws IOException {
    List<String> found =
        BLOCK
            .matcher(Files.readString(Path.of("docs/operations.md")))
            .results()
            .map((MatchResult block) -> block.group(1))
            .filter(block -> block.contains(text))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " blocks contain: " + text);
    }
    return found.get(0);
  }
}
