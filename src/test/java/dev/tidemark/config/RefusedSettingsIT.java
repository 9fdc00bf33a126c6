package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.tools.run.StartupException;
import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A deployment with wrong settings is refused, and log and health say which, all at once. */
final class RefusedSettingsIT {
  private static final List<String> WRONG =
      List.of(
          "tidemark.wire.heartbeat-milis is no setting: did you mean tidemark.wire.heartbeat-millis?",
          "TIDEMARK_TURN_ATEMPTS is no setting: did you mean TIDEMARK_TURN_ATTEMPTS?",
          "tidemark.delivery.window-bytes is '1': must be a whole number of bytes from 1024 to 16777216",
          "tidemark.access.origins has '*': must be origins such as https://app.example.com, with commas in between",
          "tidemark.access.trusted-proxies is 'localhost': must be a number of proxies from 1 to 10, or their addresses or networks such as 10.0.0.5,10.1.0.0/16,fd00::/64",
          "tidemark.access.secure-cookies is 'no': must be true or false",
          "tidemark.oidc.jwks-uri is 'nowhere': must be an address with https, or with http on this machine",
          "tidemark.retention.history-end is 'erase': must be keep, archive or drop",
          "tidemark.oidc.issuer has to be set: the server was switched to single sign-on",
          "tidemark.retention.owner-raises-floor is for development on one machine, but this server listens on 0.0.0.0",
          "tidemark.turn.default-agent is 'nobody': must be an agent of this application: echo");

  private static WildFlyServer server;
  private static String refused;

  @BeforeAll
  static void start() {
    server =
        WildFlyServer.named("refused")
            .bindAddress("0.0.0.0")
            .javaOption(Gateway.QUICK_START)
            .systemProperty("tidemark.wire.heartbeat-milis", "15000")
            .environment("TIDEMARK_TURN_ATEMPTS", "2")
            .environment("TIDEMARK_SERVICE_HOST", "10.0.0.1")
            .systemProperty("tidemark.delivery.window-bytes", "1")
            .systemProperty("tidemark.access.origins", "*")
            .systemProperty("tidemark.access.trusted-proxies", "localhost")
            .systemProperty("tidemark.access.secure-cookies", "no")
            .systemProperty("tidemark.oidc.jwks-uri", "nowhere")
            .systemProperty("tidemark.oidc.required", "true")
            .systemProperty("tidemark.retention.history-end", "erase")
            .systemProperty("tidemark.retention.owner-raises-floor", "true")
            .systemProperty("tidemark.turn.default-agent", "nobody")
            .build()
            .start();
    refused = assertThrows(StartupException.class, server::awaitReady).getMessage();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void allWrongSettingsAreNamedAtOnce() {
    assertTrue(refused.contains("refused the WAR"), refused);
    String words = "Wrong settings: " + String.join("; ", WRONG) + ".";
    assertTrue(refused.contains(words), refused);
  }

  @Test
  void healthSaysTheSameWordsAsTheLog() {
    Readiness.awaitRefusal(server, "Wrong settings: " + String.join("; ", WRONG) + ".");
  }

  /** The server itself adds the frames of its own threads. */
  @Test
  void theWordsStandAtTheEndOfTheLogAndNotAboveALongTrace() throws IOException {
    List<String> lines = Files.readAllLines(server.logFile());
    long frames = lines.stream().filter(line -> line.startsWith("\tat ")).count();
    assertTrue(frames < 20, frames + " frames of stack traces");
    List<String> end = lines.subList(lines.size() - 6, lines.size());
    assertTrue(
        end.stream().anyMatch(line -> line.contains(WRONG.get(0)) && line.contains(WRONG.get(9))),
        () -> String.join("\n", end));
    assertEquals(
        1, lines.stream().filter(line -> line.contains("TIDE0106 ")).count(), "one line of ours");
  }
}
