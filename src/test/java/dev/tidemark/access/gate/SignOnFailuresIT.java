package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SignOnGateway;
import dev.tidemark.testing.identity.Keycloak;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What counts as a failure behind an identity provider, at the default limit for an address. */
final class SignOnFailuresIT {
  /** What an address may fail in a minute, and what it gets again meanwhile on a busy machine. */
  private static final int TOO_MANY = 500;

  private final Gateway gateway = SignOnGateway.shared();
  private final String bearer = "Authorization: Bearer " + Keycloak.shared().token("alice");

  /** Any page can have its visitors' browsers follow such links; the server refuses each. */
  @Test
  void aLinkWithACodeDoesNotLockItsVisitorsOut() throws IOException {
    for (int i = 0; i < TOO_MANY; i += 2) {
      assertRefused(
          ask("127.0.8.1", "/?code=1", "Sec-Fetch-Site: cross-site", "Cookie: JSESSIONID=stale"));
      assertRefused(ask("127.0.8.1", "/?code=1&state=2", "Sec-Fetch-Site: cross-site"));
    }
    assertEquals(200, ask("127.0.8.1", "/api/me", bearer).status());
  }

  /** Nothing of it is kept, also not of a body, which the server would. */
  @Test
  void aPageWithoutALoginMakesNoSession() throws IOException {
    assertSentToTheProvider(ask("127.0.8.4", "/?q=x"));
    assertSentToTheProvider(ask("127.0.8.4", "/?q=x", "Cookie: JSESSIONID=made-up"));
    try (RawRequest slow = RawRequest.connect(gateway.server().uri("/"), "127.0.8.4")) {
      slow.head("GET /tidemark/", "Transfer-Encoding: chunked").send("0\r\n");
      try (RawRequest another = RawRequest.connect(gateway.server().uri("/"), "127.0.8.4")) {
        assertSentToTheProvider(another.head("GET /tidemark/").read());
      }
      assertSentToTheProvider(slow.send("\r\n").read());
    }
  }

  private static void assertSentToTheProvider(Answer answer) {
    assertEquals(302, answer.status(), answer.head());
    assertFalse(answer.head().contains("JSESSIONID="), answer.head());
  }

  private static void assertRefused(Answer answer) {
    assertTrue(answer.status() >= 400 && answer.status() != 429, answer.head());
  }

  /** The state is that of the browser's own cookie, which no other page can set. */
  @Test
  void aGuessedCodeCounts() throws IOException {
    String cookie = "Cookie: OAuth_Token_Request_State=mine";
    int guesses = 0;
    while (ask("127.0.8.2", "/?code=guessed&state=mine", cookie).status() != 429) {
      assertTrue(guesses++ < 2 * TOO_MANY, "none of them counts");
    }
    assertEquals(429, ask("127.0.8.2", "/api/me", bearer).status());
    assertEquals(200, ask("127.0.8.3", "/api/me", bearer).status(), "another address");
  }

  private Answer ask(String from, String path, String... headers) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), from)) {
      return request.head("GET /tidemark" + path, headers).read();
    }
  }
}
