package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.limit.Quota;
import dev.tidemark.testing.Sources;
import dev.tidemark.wire.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The catalogue of metrics is complete, and the page on operation tells the same. */
final class MetricTest {
  /** The rows of the page's table: name, kind, text. */
  private static final List<MatchResult> ROWS =
      Pattern.compile(
              "^\\| `(tidemark_\\w+)` \\| (gauge|counter|histogram) \\| (.*) \\|$",
              Pattern.MULTILINE)
          .matcher(page())
          .results()
          .toList();

  @Test
  void theTableListsTheMetricsInTheOrderOfTheCatalogue() {
    assertEquals(
        Arrays.stream(Metric.values()).map(MetricTest::signature).toList(),
        ROWS.stream().map(row -> row.group(1) + " " + row.group(2)).toList());
  }

  private static String signature(Metric metric) {
    return metric.prometheusName() + " " + metric.kind().name().toLowerCase(Locale.ROOT);
  }

  @TestFactory
  Stream<DynamicTest> theTableSaysTheHelpTextAndTheLabel() {
    var texts = ROWS.stream().collect(Collectors.toMap(row -> row.group(1), row -> row.group(3)));
    return Arrays.stream(Metric.values())
        .map(
            metric ->
                DynamicTest.dynamicTest(
                    metric.prometheusName(),
                    () -> says(metric, texts.get(metric.prometheusName()))));
  }

  private static void says(Metric metric, String text) {
    assertTrue(text.startsWith(metric.help()), text);
    metric.label().ifPresent(label -> assertTrue(text.contains("by `" + label + "`"), text));
    metric.labelValues().stream()
        .filter(value -> metric != Metric.INFO) // the build's version
        .filter(value -> metric != Metric.REFUSALS || !isOfFrames(value)) // the page has a link
        .forEach(value -> assertTrue(text.contains("`" + value + "`"), value + " in " + text));
  }

  @Test
  void aRefusalHasNoOtherCodeThanThoseOfTheCatalogue() {
    Set<String> codes = new TreeSet<>();
    Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName).forEach(codes::add);
    Arrays.stream(Quota.values()).map(Quota::code).forEach(codes::add);
    Pattern.compile(
            "(?:(?:AccessDeniedException|refusal|Problem|conflict|notFound)\\(\\s*(?:[\\w.]+,\\s*)?"
                + "|case 404 -> )\"([a-z_]+)\"")
        .matcher(Sources.main().collect(Collectors.joining()))
        .results()
        .forEach(made -> codes.add(made.group(1)));
    assertEquals(codes, new TreeSet<>(Metric.REFUSALS.labelValues()));
  }

  private static String page() {
    try {
      return Files.readString(Path.of(System.getProperty("basedir", ""), "docs/operations.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfFrames(String code) {
    return Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName).anyMatch(code::equals);
  }

  @Test
  void theBoundsOfEachHistogramRise() {
    for (Latency latency : Latency.values()) {
      List<Duration> bounds = List.of(latency.bounds());
      assertEquals(bounds.stream().sorted().distinct().toList(), bounds, latency.name());
    }
  }
}
