package dev.tidemark.access.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SignOnGateway;
import dev.tidemark.testing.identity.Keycloak;
import jakarta.json.Json;
import org.junit.jupiter.api.Test;

/** An open socket and the end of its token, with tokens of a real provider. */
final class KeycloakTokenExpiryIT {
  private final Gateway gateway = SignOnGateway.shared();
  private final Keycloak keycloak = Keycloak.shared();

  @Test
  void aSocketEndsWithItsTokenUnlessAFreshOneOfTheSamePersonCame() {
    String fresh = keycloak.token("alice"); // before the short one, whose time runs
    try (WireClient goesOn = gateway.connectWithToken(keycloak.shortToken("alice"))) {
      Frame taken = auth(goesOn, fresh);
      assertEquals("auth_ok", taken.type());
      assertTrue(taken.number("auth_expires_in_ms") > 60_000);
      goesOn.create();
      assertEquals("wrong_caller", auth(goesOn, keycloak.token("bob")).string("code"));
      assertEquals(
          "wrong_audience", auth(goesOn, keycloak.tokenForElsewhere("alice")).string("code"));
      try (WireClient ends = gateway.connectWithToken(keycloak.shortToken("alice"))) {
        ends.create();
        assertEquals("auth_expired", ends.await("error").string("code"));
        assertEquals(4001, ends.awaitClose());
      }
      goesOn.say("still here", "m-1", 1);
      goesOn.awaitEvent("stream_end");
    }
  }

  private static Frame auth(WireClient client, String token) {
    int before = client.frames().size();
    client.send(Json.createObjectBuilder().add("type", "auth").add("token", token));
    return client.await(
        "the answer to an auth", frame -> frame.is("auth_ok") || frame.is("error"), before);
  }
}
