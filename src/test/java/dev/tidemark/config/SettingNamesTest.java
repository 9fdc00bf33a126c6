package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that look like a setting and are none, and names that are somebody else's. */
final class SettingNamesTest {
  private final SettingNames names = new SettingNames(Settings.all());

  @ParameterizedTest
  @CsvSource({
    "tidemark.wire.heartbeat-milis, tidemark.wire.heartbeat-millis",
    "tidemark.wire.heartbeat.millis, tidemark.wire.heartbeat-millis",
    "tidemark.heartbeat-millis, tidemark.wire.heartbeat-millis",
    "tidemark.security.domain, tidemark.security-domain",
    "tidemark.oidc.issuer-uri, tidemark.oidc.issuer"
  })
  void anUnknownKeyIsNamedWithTheNearestOne(String unknown, String meant) {
    assertEquals(
        List.of(unknown + " is no setting: did you mean " + meant + "?"),
        names.unknown(Set.of(unknown), Set.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "TIDEMARK_WIRE_HEARTBEAT_MILIS, TIDEMARK_WIRE_HEARTBEAT_MILLIS",
    "TIDEMARK_WIER_HEARTBEAT_MILLIS, TIDEMARK_WIRE_HEARTBEAT_MILLIS",
    "TIDEMARK_DB_PASWORD, TIDEMARK_DB_PASSWORD",
    "TIDEMARK_OIDC_SECRET, TIDEMARK_OIDC_CLIENT_SECRET"
  })
  void anUnknownVariableIsNamedWithTheNearestOne(String unknown, String meant) {
    assertEquals(
        List.of(unknown + " is no setting: did you mean " + meant + "?"),
        names.unknown(Set.of(), Set.of(unknown)));
  }

  /** Kubernetes makes such variables for a service that is called tidemark. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "TIDEMARK_PORT",
        "TIDEMARK_PORT_8080_TCP",
        "TIDEMARK_DB_SERVICE_HOST",
        "TIDEMARK_DB_SERVICE_PORT",
        "TIDEMARK_DB_SERVICE_PORT_POSTGRESQL",
        "TIDEMARK_DB_PORT",
        "TIDEMARK_NODE_PORT_8080_TCP_ADDR",
        "TIDEMARK_PORT_8080_TCP_ADDR",
        "TIDEMARK_SERVICE_HOST",
        "TIDEMARK_SERVICE_PORT_HTTP",
        "TIDEMARK_HOME",
        "TIDEMARK_VERSION",
        "PATH"
      })
  void aVariableOfSomebodyElseIsLeftAlone(String name) {
    assertEquals(List.of(), names.unknown(Set.of(), Set.of(name)));
  }

  @Test
  void whatIsKnownIsNotNamed() {
    Set<String> keys = Settings.all().stream().map(Setting::key).collect(Collectors.toSet());
    assertEquals(
        List.of(),
        names.unknown(keys, keys.stream().map(SettingNames::variable).collect(Collectors.toSet())));
    assertEquals(
        List.of(),
        names.unknown(
            Set.of("tidemark.security-domain", "server-config.added.micrometer", "jboss.node.name"),
            Set.of("TIDEMARK_DB_URL", "TIDEMARK_DB_USER", "TIDEMARK_OIDC_CLIENT_SECRET")));
  }
}
