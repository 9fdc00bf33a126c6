package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.tools.run.StartupException;
import dev.tidemark.tools.run.WildFlyServer;
import org.junit.jupiter.api.Test;

/** A deployment with wrong settings is refused, and the log says which. */
final class RefusedSettingsIT {
  @Test
  void wrongValuesRefuseTheDeploymentAndAreNamedInTheLog() {
    StartupException refused =
        assertThrows(
            StartupException.class,
            () ->
                WildFlyServer.named("refused")
                    .systemProperty("tidemark.wire.heartbeat-millis", "often")
                    .systemProperty("tidemark.delivery.window-bytes", "1")
                    .startReady());
    assertTrue(refused.getMessage().contains("refused the WAR"), refused.getMessage());
    assertTrue(
        refused.getMessage().contains("tidemark.wire.heartbeat-millis is 'often': must be")
            && refused.getMessage().contains("tidemark.delivery.window-bytes is '1': must be"),
        refused.getMessage());
  }
}
