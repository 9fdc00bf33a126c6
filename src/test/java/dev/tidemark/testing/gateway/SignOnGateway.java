package dev.tidemark.testing.gateway;

import dev.tidemark.testing.identity.Keycloak;
import dev.tidemark.tools.run.Command;
import dev.tidemark.tools.run.Directories;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A gateway behind {@link Keycloak}, on a server that was switched to it as an operator would do.
 */
public final class SignOnGateway {
  private static Gateway shared;

  private SignOnGateway() {}

  /** The gateway that tests share; it runs until the JVM ends. */
  public static synchronized Gateway shared() {
    if (shared == null) {
      shared =
          start(
              "sign-on",
              Map.of(
                  "tidemark.oidc.clock-skew-millis", "0",
                  "tidemark.oidc.keys-interval-millis", "100",
                  "tidemark.access.record-every-millis", "500"));
      Runtime.getRuntime().addShutdownHook(new Thread(shared.server()::kill));
    }
    return shared;
  }

  /** Starts a gateway, while the provider starts too. */
  static Gateway start(String name, Map<String, String> settings) {
    Keycloak provider = Keycloak.shared();
    Path switched = Directories.forTest(name + "-template");
    Directories.delete(switched);
    Directories.copy(Directories.server().resolve("standalone"), switched);
    Command.within(Duration.ofMinutes(2))
        .run(
            List.of(
                "bash",
                "server-config/sso.sh",
                "--base",
                switched.toString(),
                Directories.server().toString()));
    Gateway gateway =
        Gateway.start(name, settings, server -> provider.connect(server).template(switched));
    provider.allow(gateway.server().uri("/"));
    provider.setBackchannelLogoutUrl(gateway.server().uri("/api/backchannel-logout"));
    return gateway;
  }
}
