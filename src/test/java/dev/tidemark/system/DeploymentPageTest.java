package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/operations.md} says of connections and of the service agrees with the rest. */
final class DeploymentPageTest {
  private static final Path UNIT = Path.of("docs/tidemark.service");

  @Test
  void theConnectionsOfThePageAreThoseOfThePools() throws Exception {
    List<Integer> pools =
        numbers("max-pool-size=(\\d+)", Files.readString(Path.of("server-config/datasources.cli")));
    int node = pools.stream().mapToInt(Integer::intValue).sum();
    String page = prose();
    assertTrue(
        page.contains(
            "A node opens at most %d: %d for its work (the datasource `tidemark`) and %d to listen"
                .formatted(node, pools.get(0), pools.get(1))),
        pools.toString());
    assertTrue(page.contains("count " + node + " for each node"));
    assertTrue(
        page.contains("for two nodes, ten auditors, a `pg_dump -j 4` (5) and the 3 kept back"));
    int needed = 2 * node + 10 + 5 + 3;
    assertTrue(page.contains("that is " + needed + "."), "needed: " + needed);
    assertTrue(needed > 100, "PostgreSQL's default is too few, says the page");
    assertTrue(numbers("(?m)^max_connections = (\\d+)$", page()).get(0) >= needed);
  }

  @Test
  void theServiceStartsTheNodeAsThePageDoes() throws Exception {
    String start =
        page()
            .lines()
            .filter(line -> line.contains("standalone.sh -b"))
            .findFirst()
            .orElseThrow()
            .replace("$WILDFLY_HOME", "/opt/wildfly");
    assertEquals(start, value("ExecStart"));
  }

  @Test
  void theServiceIsNotKilledBeforeTheLongestDrainIsOver() throws Exception {
    int longest =
        10_000
            + Math.max(
                millis("drain.spread-millis") + 2 * millis("delivery.linger-millis"),
                millis("drain.turns-millis") + millis("turn.abort-grace-millis"));
    assertTrue(
        prose().contains("With the defaults that is " + longest / 1000 + " s."), longest + "");
    int seconds = Integer.parseInt(value("TimeoutStopSec"));
    assertTrue(seconds * 1000 > longest + 10_000, "with time for the server itself");
    assertTrue(prose().contains("`TimeoutStopSec=" + seconds + "` in systemd"));
  }

  /** Its secrets are in a file of their own, and the signal reaches the JVM by standalone.sh. */
  @Test
  void theServiceHoldsNoSecretAndPassesTheSignalOn() throws Exception {
    assertEquals("/etc/tidemark/node.env", value("EnvironmentFile"));
    assertEquals("LAUNCH_JBOSS_IN_BACKGROUND=true", value("Environment"));
    assertEquals("mixed", value("KillMode"));
    assertEquals("wildfly", value("User"));
    assertEquals("on-failure", value("Restart"));
  }

  /** Its path leads to a program that is there. */
  @Test
  void systemdUnderstandsTheService(@TempDir Path directory) throws Exception {
    Path program = Path.of("/usr/bin/systemd-analyze");
    Assumptions.assumeTrue(Files.isExecutable(program), "no systemd-analyze on this machine");
    Path unit = directory.resolve("tidemark.service");
    Files.writeString(
        unit, Files.readString(UNIT).replace("/opt/wildfly/bin/standalone.sh", "/bin/sh"));
    Process verify =
        new ProcessBuilder(program.toString(), "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    assertEquals(
        "", new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    assertEquals(0, verify.waitFor());
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("docs/operations.md"));
  }

  /** The page without its line breaks. */
  private static String prose() throws IOException {
    return page().replaceAll("\\s+", " ");
  }

  private static String value(String key) throws IOException {
    try (Stream<String> lines = Files.lines(UNIT)) {
      List<String> values =
          lines
              .filter(line -> line.startsWith(key + "="))
              .map(line -> line.substring(key.length() + 1))
              .toList();
      assertEquals(1, values.size(), key);
      return values.get(0);
    }
  }

  private static int millis(String setting) throws IOException {
    String row = "(?m)^\\| `tidemark\\." + Pattern.quote(setting) + "` \\| millis \\| (\\d+) \\|";
    return numbers(row, Files.readString(Path.of("docs/configuration.md"))).get(0);
  }

  private static List<Integer> numbers(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> Integer.valueOf(result.group(1)))
        .toList();
  }
}
