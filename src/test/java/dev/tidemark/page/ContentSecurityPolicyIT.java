package dev.tidemark.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.ConsoleMessage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page works under its own content security policy, and foreign content does not run. */
class ContentSecurityPolicyIT {
  @RegisterExtension static final Visitor visitor = new Visitor();

  private final List<String> complaints = new CopyOnWriteArrayList<>();

  @Test
  void thePageBreaksNoneOfItsOwnRules() {
    SessionPage page = visit();
    page.signIn("alice", "wrong");
    page.signInAsAlice().newSession("policy-" + UUID.randomUUID()).say("one two three");
    page.awaitOutcome("completed");
    assertEquals(List.of(), complaints);
    page.click("#sign-out");
    page.get("#password").waitFor();
    assertEquals(List.of(), complaints);
  }

  @Test
  void whatIsSlippedIntoThePageDoesNotRun() {
    SessionPage page = visit().signInAsAlice();
    Object ran =
        page.evaluate(
            """
            (() => {
              const script = document.createElement('script');
              script.textContent = 'window.slippedIn = true';
              document.body.append(script);
              const link = document.createElement('a');
              link.setAttribute('onclick', 'window.slippedIn = true');
              document.body.append(link);
              link.click();
              return window.slippedIn === true;
            })()\
            """);
    assertEquals(false, ran);
    assertTrue(complaints.size() >= 2, complaints.toString());
  }

  /** The agent says again what it is told, event by event. */
  @Test
  void whatAnAgentSaysIsShownAsText() {
    String markup = "<b/id=slipped>one</b> <script>window.slippedIn=true</script> <img/src=x>";
    SessionPage page = visit().signInAsAlice().newSession("markup-" + UUID.randomUUID());
    page.say(markup).awaitOutcome("completed");
    assertTrue(page.answer().contains(markup), page.answer());
    assertEquals(
        0, page.evaluate("document.querySelectorAll('#slipped, #conversation img').length"));
    assertEquals(false, page.evaluate("window.slippedIn === true"));
    assertEquals(List.of(), complaints);
  }

  private SessionPage visit() {
    return visitor.visit(page -> page.onConsoleMessage(this::note));
  }

  private void note(ConsoleMessage message) {
    if (message.text().contains("Content Security Policy")) {
      complaints.add(message.text());
    }
  }
}
