package dev.tidemark.tools.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Draws charts in SVG: the runs of a figure as dots beside their limit as a line, or a curve. */
final class Chart {
  private static final int WIDTH = 680;
  private static final int LEFT = 16;
  private static final int RIGHT = 24;
  private static final int TICKS = 5;

  private final StringBuilder svg = new StringBuilder();
  private final Scale x;
  private final int height;

  private Chart(Scale x, int height, String description) {
    this.x = x;
    this.height = height;
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
            .formatted(WIDTH, height, Html.escaped(description)));
  }

  /** Draws runs as dots, the limit's median as a line with dots below, and the target dashed. */
  static String runs(Result result) {
    double reach = result.reach();
    DoubleStream.Builder all = DoubleStream.builder().add(reach);
    result.figure().runs().forEach(all::add);
    result.limit().ifPresent(limit -> limit.runs().forEach(all::add));
    Chart chart =
        new Chart(
            Scale.to(all.build().max().orElse(1), LEFT, WIDTH - RIGHT),
            118,
            result.row().title() + ": " + result.figure());
    chart.axis(result.figure().unit(), 88);
    chart.vertical(reach, 14, "reach", "to reach");
    result.limit().ifPresent(limit -> chart.vertical(limit.median(), 4, "limit", "limit"));
    chart.dots(result.figure(), 40, "figure");
    result.limit().ifPresent(limit -> chart.dots(limit, 66, "limit"));
    return chart.svg.append("</svg>").toString();
  }

  private void axis(String unit, int y) {
    line("axis", LEFT, y, WIDTH - RIGHT, y);
    for (int i = 0; i <= TICKS; i++) {
      double value = x.max() * i / TICKS;
      line("axis", x.at(value), y, x.at(value), y + 4);
      text(
          x.at(value),
          y + 18,
          i == TICKS ? "end" : i == 0 ? "start" : "middle",
          Numbers.readable(value) + (i == TICKS ? " " + unit : ""));
    }
  }

  private void vertical(double value, int top, String style, String label) {
    line(style, x.at(value), top, x.at(value), height - 30);
    boolean right = x.at(value) > WIDTH * 0.8;
    text(x.at(value) + (right ? -5 : 5), top + 10, right ? "end" : "start", label);
  }

  private void dots(Series series, int y, String style) {
    for (double run : series.runs()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"5\"><title>%s: %s %s</title></circle>",
              style,
              x.at(run),
              y,
              Html.escaped(series.what()),
              Numbers.readable(run),
              Html.escaped(series.unit())));
    }
  }

  /** Draws the figure as a curve over the first coordinate of its points. */
  static String curve(Result result, String along) {
    List<Result.Point> points = result.curve();
    int bottom = 190;
    double maxX = points.stream().mapToDouble(Result.Point::x).max().orElse(1);
    double maxY = points.stream().mapToDouble(Result.Point::y).max().orElse(1);
    Chart chart =
        new Chart(
            Scale.to(maxX, LEFT + 40, WIDTH - RIGHT), 220, result.row().title() + ": the curve");
    chart.axis(along, bottom);
    Scale y = Scale.to(maxY * 1.25, bottom, 14);
    for (int i = 1; i <= 2; i++) {
      double value = y.max() * i / 2;
      chart.line("grid", LEFT + 40, y.at(value), WIDTH - RIGHT, y.at(value));
      chart.text(LEFT + 36, y.at(value) + 4, "end", Numbers.readable(value));
    }
    chart.text(LEFT + 44, 12, "start", result.figure().unit());
    List<String> path = new ArrayList<>();
    for (Result.Point point : points) {
      path.add(String.format(Locale.ROOT, "%.1f,%.1f", chart.x.at(point.x()), y.at(point.y())));
      chart.svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"figure\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s: %s</title></circle>",
              chart.x.at(point.x()),
              y.at(point.y()),
              Numbers.readable(point.x()),
              Numbers.readable(point.y())));
    }
    chart
        .svg
        .append("<polyline class=\"curve\" points=\"")
        .append(String.join(" ", path))
        .append("\"/></svg>");
    return chart.svg.toString();
  }

  private void line(String style, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
            style,
            x1,
            y1,
            x2,
            y2));
  }

  private void text(double atX, double atY, String anchor, String value) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
            atX,
            atY,
            anchor,
            Html.escaped(value)));
  }

  /** Maps a value to its coordinate. */
  private record Scale(double max, double start, double end) {
    /** Makes a scale with a round end above the highest value. */
    static Scale to(double highest, double start, double end) {
      double size = Math.pow(10, Math.floor(Math.log10(Math.max(highest, 1e-9))));
      double max = Math.ceil(highest * 1.02 / size * 2) / 2 * size;
      return new Scale(max, start, end);
    }

    double at(double value) {
      return start + (end - start) * value / max;
    }
  }
}
