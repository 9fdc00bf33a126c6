package dev.tidemark.ops;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files in docs/monitoring, and the queries in them. */
final class MonitoringFiles {
  static final Path FOLDER =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("docs/monitoring");

  private MonitoringFiles() {}

  /**
   * An alert.
   *
   * @param annotations all of its text after the expression
   */
  record Rule(String name, String expression, String annotations) {}

  static JsonObject dashboard() {
    try (var reader = Json.createReader(new StringReader(read("tidemark-dashboard.json")))) {
      return reader.readObject();
    }
  }

  /** The panels of the dashboard, without the headings of its rows. */
  static List<JsonObject> panels() {
    return dashboard().getJsonArray("panels").getValuesAs(JsonObject.class).stream()
        .filter(panel -> !panel.getString("type").equals("row"))
        .toList();
  }

  /** The queries of the dashboard as Grafana asks them, for all nodes. */
  static List<String> queries(String rateInterval) {
    return panels().stream()
        .flatMap(MonitoringFiles::queriesOf)
        .map(query -> query.replace("$instance", ".*"))
        .map(query -> query.replace("$__rate_interval", rateInterval))
        .toList();
  }

  static Stream<String> queriesOf(JsonObject panel) {
    return panel.getJsonArray("targets").getValuesAs(JsonObject.class).stream()
        .map(target -> target.getString("expr"));
  }

  /** The alert rules; the file is as regular as this pattern. */
  static List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    Pattern.compile(
            "- alert: (\\w+)\n +expr: (?:>-\n)?(.*?)\n(?: +for: \\w+\n)?( +labels: .*?)(?=\n +- alert|\n  - name|\\z)",
            Pattern.DOTALL)
        .matcher(read("tidemark-alerts.yml"))
        .results()
        .map(
            rule ->
                new Rule(
                    rule.group(1), rule.group(2).strip().replaceAll("\\s+", " "), rule.group(3)))
        .forEach(rules::add);
    return rules;
  }

  static String read(String name) {
    try {
      return Files.readString(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
