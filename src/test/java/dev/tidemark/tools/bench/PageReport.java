package dev.tidemark.tools.bench;

import java.time.temporal.ChronoUnit;
import java.util.List;

/** The run as a self-contained HTML page. */
final class PageReport {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Tidemark: the benchmark</title>
      <style>
      :root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2430; --quiet: #5b6675; --line: #d5dbe3; --figure: #1463c4; --limit: #b4530a; --good: #1a7a3c; --bad: #b3261e; }
      @media (prefers-color-scheme: dark) {
        :root { --paper: #12171e; --ink: #e6eaf0; --quiet: #9aa6b5; --line: #313b48; --figure: #6cb0ff; --limit: #f3a25c; --good: #63cf8a; --bad: #ff8a80; } }
      body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 0.2rem; } p { margin: 0.3rem 0; }
      .quiet { color: var(--quiet); } .yes { color: var(--good); } .no { color: var(--bad); }
      .table { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
      th, td { text-align: left; padding: 0.35rem 0.7rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
      td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      a { color: var(--figure); } svg { width: 100%; max-width: 760px; height: auto; display: block; }
      svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; }
      circle { stroke: var(--paper); stroke-width: 1.5; } circle.figure { fill: var(--figure); } circle.limit { fill: var(--limit); }
      line.axis, line.grid { stroke: var(--line); } line.limit { stroke: var(--limit); stroke-width: 2; }
      line.reach { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4; } polyline.curve { fill: none; stroke: var(--figure); stroke-width: 2; }
      </style></head><body>
      <h1>Tidemark: the benchmark</h1>
      """;

  private PageReport() {}

  static String of(BenchRun benchRun) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append(
        "<p class=\"quiet\">%s. %s; %s.</p>"
            .formatted(
                benchRun.finishedAt().truncatedTo(ChronoUnit.SECONDS),
                Html.escaped(benchRun.machine()),
                Html.escaped(benchRun.database())));
    page.append(
        """
        <p>Each figure stands beside its limit, measured in the same run. A dot is a run, its figure blue, its limit orange; the orange line is the
        limit's median, the dashed line what the figure's median is to reach. Load generator: its part of the machine.</p>
        """);
    page.append("<div class=\"table\"><table><thead><tr>");
    ConsoleTable.HEADINGS.forEach(heading -> page.append("<th>").append(heading).append("</th>"));
    page.append("</tr></thead><tbody>");
    benchRun.results().forEach(result -> page.append(tableRow(result)));
    page.append("</tbody></table></div>");
    benchRun.results().forEach(result -> page.append(section(result)));
    return page.append("</body></html>\n").toString();
  }

  private static String tableRow(Result result) {
    List<String> cells = ConsoleTable.line(result);
    return "<tr><td><a href=\"#%1$s\">%1$s</a><br><span class=\"quiet\">%2$s</span></td>"
            .formatted(cells.get(0), Html.escaped(result.row().title()))
        + "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>"
            .formatted(cells.get(1), cells.get(2), cells.get(3))
        + "<td>%s</td><td class=\"%s\">%s</td><td class=\"number\">%s</td></tr>"
            .formatted(cells.get(4), cells.get(5), cells.get(5), cells.get(6));
  }

  private static String section(Result result) {
    StringBuilder section = new StringBuilder();
    section.append(
        "<h2 id=\"%s\">%s</h2>".formatted(result.row().id(), Html.escaped(result.row().title())));
    section.append(
        "<p class=\"quiet\">Limit: %s. %s%s; to reach: %s. <span class=\"%s\">%s</span></p>"
            .formatted(
                Html.escaped(result.row().limit()),
                Html.escaped(result.figure().what()) + ": " + result.figure(),
                result
                    .limit()
                    .map(limit -> "; " + Html.escaped(limit.what()) + ": " + limit)
                    .orElse(""),
                result.row().target(),
                result.isReached() ? "yes" : "no",
                result.isReached() ? "Reached." : "Not reached."));
    section.append(Chart.runs(result));
    if (!result.curve().isEmpty()) {
      section.append(Chart.curve(result, "million events"));
    }
    result.notes().forEach(note -> section.append("<p>").append(Html.escaped(note)).append("</p>"));
    return section.toString();
  }
}
