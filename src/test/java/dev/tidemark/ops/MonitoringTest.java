package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.ops.Metric.Kind;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The dashboard and the alert rules use nothing that there is not, and each alert can be obeyed.
 */
final class MonitoringTest {
  /** A metric of ours with its selector, if it has one. */
  private static final Pattern SELECTOR = Pattern.compile("\\b(tidemark_\\w+)(?:\\{([^}]*)})?");

  private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~?|!~|!=)\"([^\"]*)\"");
  private static final Set<String> LABELS_OF_A_SCRAPE = Set.of("instance", "job");

  /** Names at {@code /metrics}, with their metrics. */
  private static final Map<String, Metric> NAMES = new HashMap<>();

  static {
    for (Metric metric : Metric.values()) {
      if (metric.kind() == Kind.HISTOGRAM) {
        Stream.of("_bucket", "_count", "_sum", "_max")
            .forEach(part -> NAMES.put(metric.prometheusName() + part, metric));
      } else {
        NAMES.put(metric.prometheusName(), metric);
      }
    }
  }

  private static List<String> allQueries() {
    return Stream.concat(
            MonitoringFiles.queries("1m").stream(),
            MonitoringFiles.rules().stream().map(MonitoringFiles.Rule::expression))
        .toList();
  }

  @Test
  void eachMetricOfEachQueryIsInTheCatalogueWithItsLabels() {
    for (String query : allQueries()) {
      for (MatchResult selector : SELECTOR.matcher(query).results().toList()) {
        Metric metric = NAMES.get(selector.group(1));
        assertTrue(metric != null, () -> selector.group(1) + " in " + query);
        MATCHER
            .matcher(selector.group(2) == null ? "" : selector.group(2))
            .results()
            .filter(matcher -> !LABELS_OF_A_SCRAPE.contains(matcher.group(1)))
            .forEach(
                matcher -> {
                  assertEquals(metric.label().orElse(""), matcher.group(1), query);
                  assertTrue(metric.labelValues().contains(matcher.group(3)), query);
                });
      }
    }
  }

  @Test
  void whatIsGroupedByIsALabelOfAMetricOfTheQuery() {
    for (String query : allQueries()) {
      Set<String> labels = new HashSet<>(LABELS_OF_A_SCRAPE);
      labels.addAll(Set.of("le", "name")); // of a histogram; of a pool or an executor
      SELECTOR
          .matcher(query)
          .results()
          .forEach(selector -> NAMES.get(selector.group(1)).label().ifPresent(labels::add));
      Pattern.compile("by \\(([^)]*)\\)")
          .matcher(query)
          .results()
          .flatMap(by -> Arrays.stream(by.group(1).split(", ?", -1)))
          .forEach(label -> assertTrue(labels.contains(label), () -> label + " in " + query));
    }
  }

  @Test
  void eachMetricIsLookedAtSomewhere() {
    Set<String> unseen =
        Arrays.stream(Metric.values())
            .map(Metric::prometheusName)
            .collect(Collectors.toCollection(TreeSet::new));
    allQueries().stream()
        .flatMap(query -> SELECTOR.matcher(query).results())
        .forEach(selector -> unseen.remove(NAMES.get(selector.group(1)).prometheusName()));
    assertEquals(Set.of(), unseen);
  }

  @Test
  void thePanelsCanBeToldApartAndSayWhatTheyShowOnWhicheverDataSource() {
    List<JsonObject> panels = MonitoringFiles.panels();
    assertEquals(
        panels.size(), panels.stream().map(panel -> panel.getInt("id")).distinct().count());
    for (JsonObject panel : panels) {
      String title = panel.getString("title");
      assertTrue(!panel.getString("description").isBlank(), title);
      assertEquals("${datasource}", panel.getJsonObject("datasource").getString("uid"), title);
      assertTrue(
          MonitoringFiles.queriesOf(panel)
              .allMatch(query -> query.contains("$instance") || query.contains("ALERTS")),
          title);
    }
  }

  @Test
  void eachAlertSaysHowBadItIsAndWhereToReadOn() throws IOException {
    List<MonitoringFiles.Rule> rules = MonitoringFiles.rules();
    assertEquals(
        Pattern.compile("alert:")
            .matcher(MonitoringFiles.read("tidemark-alerts.yml"))
            .results()
            .count(),
        rules.size());
    Set<String> anchors = anchors();
    for (MonitoringFiles.Rule rule : rules) {
      String text = rule.annotations();
      assertTrue(text.matches("(?s) *labels: \\{severity: (critical|warning)}.*"), rule.name());
      assertTrue(text.contains("summary:") && text.contains("description:"), rule.name());
      String runbook = text.substring(text.indexOf("docs/operations.md#") + 19).strip();
      assertTrue(anchors.contains(runbook), () -> rule.name() + ": " + runbook);
    }
  }

  private static Set<String> anchors() throws IOException {
    return Pattern.compile("^#+ (.+)$", Pattern.MULTILINE)
        .matcher(Files.readString(MonitoringFiles.FOLDER.resolve("../operations.md")))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\s-]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
