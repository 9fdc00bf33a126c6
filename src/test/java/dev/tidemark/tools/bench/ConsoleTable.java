package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;

/** The table at the end of a run. */
final class ConsoleTable {
  static final List<String> HEADINGS =
      List.of("case", "figure", "limit", "value", "target", "reached", "load generator");

  private ConsoleTable() {}

  static String of(List<Result> results) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    results.forEach(result -> lines.add(line(result)));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        table.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
      }
      table.append('\n');
    }
    return table.toString();
  }

  static List<String> line(Result result) {
    return List.of(
        result.row().id(),
        result.figure().toString(),
        result.limit().map(Series::toString).orElse("–"),
        Numbers.readable(result.value()),
        result.row().target().toString(),
        result.isReached() ? "yes" : "no",
        result.share() == Result.IDLE ? "–" : Math.round(100 * result.share()) + " %");
  }
}
