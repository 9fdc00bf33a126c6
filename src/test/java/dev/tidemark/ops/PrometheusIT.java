package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.ops.InstalledPrometheus.Running;
import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The files in docs/monitoring work with a real Prometheus that watches a real node. */
final class PrometheusIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What a rule compares, without its limit. */
  private static final Pattern OPERAND =
      Pattern.compile("\\b(?:tidemark_\\w+|datasources_\\w+|up\\b)(?:\\{[^}]*})?");

  private static InstalledPrometheus installed;

  @BeforeAll
  static void find() {
    installed = InstalledPrometheus.orSkip();
  }

  @Test
  void theFilesAreInOrderAndTheRulesDoWhatTheirTestsSay() {
    installed.promtool("check", "config", "prometheus.yml");
    installed.promtool("check", "rules", "tidemark-alerts.yml");
    installed.promtool("test", "rules", "tidemark-alerts.test.yml");
  }

  @Test
  void eachQueryHasAnAnswerOnANewNodeAndTheRightOneOnceItIsUsed() throws Exception {
    try (Gateway gateway = Gateway.start("prometheus-node", Map.of());
        Running prometheus = installed.start("prometheus", configuration(gateway))) {
      await(prometheus, "count_over_time(tidemark_partitions_ahead[1m]) > bool 3", 1);
      await(prometheus, "tidemark_partitions_ahead >= bool 2", 1);
      newNode(prometheus);
      use(gateway, prometheus);
      drain(gateway, prometheus);
    }
  }

  private static void newNode(Running prometheus) {
    for (String query : MonitoringFiles.queries("1m")) {
      assertFalse(prometheus.query(query).isEmpty(), "no data: " + query);
    }
    for (MonitoringFiles.Rule rule : MonitoringFiles.rules()) {
      for (MatchResult operand : OPERAND.matcher(rule.expression()).results().toList()) {
        assertFalse(
            prometheus.query(operand.group()).isEmpty(), rule.name() + ": " + operand.group());
      }
      assertEquals(List.of(), prometheus.query(rule.expression()), rule.name());
    }
    var rules = prometheus.rules();
    assertEquals(MonitoringFiles.rules().size(), rules.size());
    rules.forEach(rule -> assertEquals("ok", rule.getString("health"), rule.toString()));
  }

  private static void use(Gateway gateway, Running prometheus) {
    try (WireClient alice = gateway.connect("alice");
        WireClient again = gateway.connect("alice")) {
      String session = alice.create().string("session_id");
      alice.say("one two three", "m-1", 0);
      Frame end = alice.awaitEvent("stream_end");
      again.join(session, 0);
      again.await("replay_complete");
      new Rest(gateway).send(Optional.empty(), "GET", "/sessions", Optional.empty());

      await(prometheus, "tidemark_connections", 2);
      await(prometheus, "tidemark_feeds", 1);
      await(prometheus, "tidemark_events_appended_total", (double) end.seq().orElseThrow());
      await(prometheus, "tidemark_turns_ended_total{outcome=\"completed\"}", 1);
      await(prometheus, "sum(tidemark_turns_ended_total)", 1);
      await(prometheus, "tidemark_join_seconds_count", 2);
      await(prometheus, "tidemark_replay_seconds_count", 1);
      await(prometheus, "tidemark_first_token_seconds_count", 1);
      await(prometheus, "tidemark_refusals_total{code=\"auth_required\"}", 1);
      await(prometheus, "sum(tidemark_refusals_total)", 1);
      for (String query : MonitoringFiles.queries("10m")) {
        if (query.startsWith("histogram_quantile")) {
          double seconds = prometheus.query(query).get(0);
          assertTrue(seconds > 0 && seconds < PATIENCE.toSeconds(), query + ": " + seconds);
        }
      }
    }
  }

  private static void drain(Gateway gateway, Running prometheus) {
    new Rest(gateway).send("operator", "POST", "/node/drain");
    await(prometheus, "tidemark_ready", 0);
    await(prometheus, "ALERTS{alertname=\"TidemarkDrainingTooLong\",alertstate=\"pending\"}", 1);
    assertEquals(List.of(), prometheus.query("ALERTS{alertname=\"TidemarkNodeNotReady\"}"));
  }

  private static void await(Running prometheus, String query, double value) {
    Awaitility.await(query)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> prometheus.query(query), List.of(value)::equals);
  }

  /** The example of docs/monitoring, for one node, and brisk. */
  private static String configuration(Gateway gateway) {
    return MonitoringFiles.read("prometheus.yml")
        .replace("15s", "1s")
        .replace(
            "- tidemark-alerts.yml", "- " + MonitoringFiles.FOLDER.resolve("tidemark-alerts.yml"))
        .replace(
            "- node-1.example.com:9990", "- " + gateway.server().managementUri("/").getAuthority())
        .replaceFirst("\n *- node-2.*", "");
  }
}
