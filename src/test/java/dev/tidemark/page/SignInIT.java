package dev.tidemark.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.wire.CloseCode;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sign-in, sign-out, and the page's return by itself. */
class SignInIT {
  @RegisterExtension static final Visitor visitor = new Visitor();

  @Test
  void aWrongPasswordIsToldAndTheRightOneLetsIn() {
    SessionPage page = visitor.visit().signIn("alice", "wrong");
    assertThat(page.get("#failure")).isVisible();
    page.signInAsAlice();
  }

  @Test
  void signingOutEndsTheSocketsOfEveryTabAndComingBackAsksForASignIn() {
    SessionPage page = visitor.visit().signInAsAlice().newSession("page-" + UUID.randomUUID());
    SessionPage other = visitor.visit().newSession("page-" + UUID.randomUUID());

    page.click("#sign-out");

    assertThat(page.get("#password")).isVisible();
    other.awaitState("stopped").shows("#status", "Your sign-in has ended");
    other.click("#come-back");
    assertThat(other.get("#password")).isVisible();
  }

  @Test
  void thePageComesBackAfterTheSameCloseCodesThatTheProtocolNames() {
    SessionPage page = visitor.visit().signInAsAlice();
    Object comesBack =
        page.evaluate(
            "import('./js/reconnect.js').then(({ comesBack }) =>"
                + " Array.from({ length: 4000 }, (_, n) => n + 1000).filter(comesBack))");
    assertEquals(
        IntStream.range(1000, 5000).filter(CloseCode::comeBack).boxed().toList(), comesBack);
  }
}
