package dev.tidemark.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.SignOnGateway;
import dev.tidemark.testing.identity.Keycloak;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page behind an identity provider: one sign-in, and no token in any address. */
class SingleSignOnIT {
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+\\.[\\w-]+\\.");

  @RegisterExtension static final Visitor visitor = new Visitor(SignOnGateway::shared);

  private final List<String> addresses = new CopyOnWriteArrayList<>();

  @Test
  void aVisitorSignsInAtTheProviderWithAProofKeyAndGetsThePageAndItsSocket() {
    SessionPage page = visitor.visit(this::note).signInAtProvider("alice");
    assertThat(page.get("#who")).hasText("alice");
    page.newSession("page-" + UUID.randomUUID()).say("hello").awaitEnd();

    String asked =
        addresses.stream()
            .filter(address -> address.contains("response_type=code"))
            .findFirst()
            .get();
    assertTrue(asked.contains("code_challenge_method=S256"), asked);
    assertTrue(asked.matches(".*[?&]code_challenge=[\\w-]{43}(&.*)?"), asked);
    assertEquals(List.of(), addresses.stream().filter(TOKEN.asPredicate()).toList());
  }

  @Test
  void signingOutEndsTheLoginHereAndAtTheProvider() {
    SessionPage page = visitor.visit(this::note).signInAtProvider("bob");
    assertThat(page.get("#who")).hasText("bob");
    page.newSession("page-" + UUID.randomUUID());
    SessionPage other = visitor.visit().newSession("page-" + UUID.randomUUID());
    assertIsSignedInOnce();

    page.click("#sign-out");

    other.awaitState("stopped").shows("#status", "Sign in again");
    assertThat(page.get("#username")).isVisible();
    assertThat(visitor.visit().get("#username")).isVisible();
    assertEquals(List.of(), addresses.stream().filter(TOKEN.asPredicate()).toList());
  }

  @Test
  void aLogoutAtTheProviderEndsTheSocketsOfThatLoginAndOfNobodyElse() {
    SessionPage page = visitor.visit().signInAtProvider("bob");
    assertThat(page.get("#who")).hasText("bob");
    page.newSession("page-" + UUID.randomUUID());
    try (WireClient other = visitor.gateway().connectWithToken(Keycloak.shared().token("alice"))) {
      other.create();

      Keycloak.shared().logOut("bob");

      page.awaitState("stopped").shows("#status", "Sign in again");
      other.say("nobody ended this", "m-1", 1);
      other.awaitEvent("stream_end");
    }
    page.click("#come-back");
    assertThat(page.get("#username")).isVisible();
  }

  /** The login is on the record once, and all else came with its cookie. */
  private void assertIsSignedInOnce() {
    Awaitility.await("the record")
        .atMost(WireClient.PATIENCE)
        .untilAsserted(
            () ->
                assertEquals(
                    List.of(List.of("cookie", true), List.of("oidc", false)),
                    visitor
                        .gateway()
                        .database()
                        .rows(
                            """
                            select how, sum(times) > 1 from audit.sign_in_history
                            where provider_session = (
                              select provider_session from audit.sign_in_history
                              where principal = 'bob' and how = 'oidc' order by last_at desc limit 1)
                            group by how order by how""")));
  }

  private void note(Page page) {
    page.onRequest(request -> addresses.add(request.url()));
  }
}
