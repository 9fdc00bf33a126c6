package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;

/** The table as {@code docs/performance.md} shows it. */
final class MarkdownTable {
  private MarkdownTable() {}

  static String of(List<Result> results) {
    List<String> lines = new ArrayList<>();
    lines.add("| row | figure | limit | value | to reach | reached | load generator |");
    lines.add("|---|---|---|---|---|---|---|");
    for (Result result : results) {
      List<String> line = ConsoleTable.line(result);
      lines.add("| `" + line.get(0) + "` | " + String.join(" | ", line.subList(1, 7)) + " |");
    }
    for (Result result : results) {
      result.notes().forEach(note -> lines.add("\n`%s`: %s".formatted(result.row().id(), note)));
    }
    return String.join("\n", lines) + "\n";
  }
}
