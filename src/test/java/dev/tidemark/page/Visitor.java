package dev.tidemark.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketFrame;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.tidemark.testing.client.FrameSchema;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A person with a browser in front of a gateway, by default the one that tests share; each test
 * begins with a fresh profile.
 */
final class Visitor
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final double LONGEST_WAIT_MILLIS = 30_000;

  private final Supplier<Gateway> door;
  private Gateway gateway;
  private Browser browser;
  private String missing;
  private BrowserContext profile;
  private final List<AssertionError> faults = new ArrayList<>();

  Visitor() {
    this(Gateway::shared);
  }

  /** Puts the visitor in front of another gateway. */
  Visitor(Supplier<Gateway> door) {
    this.door = door;
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    try {
      browser = Browser.orSkip();
      gateway = door.get();
    } catch (TestAbortedException aborted) {
      missing =
          aborted.getMessage(); // each test reports it: a class aborted as a whole is not reported
    }
    PlaywrightAssertions.setDefaultAssertionTimeout(LONGEST_WAIT_MILLIS);
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    assumeTrue(missing == null, missing);
    use(ColorScheme.LIGHT, 1280, 860);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    if (profile != null) {
      profile.close();
      profile = null;
    }
    if (!faults.isEmpty()) {
      AssertionError first = faults.remove(0);
      faults.clear();
      throw first;
    }
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    if (browser != null) {
      browser.close();
    }
  }

  /** Replaces the profile by another fresh one. */
  void use(ColorScheme theme, int width, int height) {
    afterEach(null);
    profile = browser.visit(theme, width, height);
  }

  /** Visits the page in a new tab; without a sign-in the form is shown. */
  SessionPage visit() {
    return visit(page -> {});
  }

  /** Visits the page in a tab that {@code beforehand} sets up before anything is loaded. */
  SessionPage visit(Consumer<Page> beforehand) {
    Page page = profile.newPage();
    page.onWebSocket(socket -> socket.onFrameReceived(this::validate));
    beforehand.accept(page);
    page.navigate(gateway.server().uri("/").toString());
    return new SessionPage(page);
  }

  Gateway gateway() {
    return gateway;
  }

  /** Checks the browser's frames against the documented schemas, as {@code WireClient} does. */
  private void validate(WebSocketFrame frame) {
    try {
      frame.text().lines().forEach(FrameSchema::requireServerFrame); // the page takes batches
    } catch (AssertionError e) {
      faults.add(e);
    }
  }

  /** Shares a session of Alice's with somebody, as its owner would. */
  void share(String sessionId, String principal) {
    new Rest(gateway)
        .send(
            "alice",
            "PUT",
            "/sessions/" + sessionId + "/members/" + principal,
            "{\"access\":\"write\"}");
  }

  /** Raises the floor of a session, as a DBA would: nothing below {@code cursor} is replayed. */
  void raiseFloor(String sessionId, long cursor) {
    gateway.database().raiseFloor(sessionId, cursor);
  }
}
