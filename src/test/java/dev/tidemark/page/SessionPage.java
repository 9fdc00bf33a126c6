package dev.tidemark.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assertions;

/** The actions of a person on the page, and the page's content, in the page's own words. */
final class SessionPage {
  /** Slow enough to cut in, fast enough to wait for. */
  static final String LONG =
      LongStream.rangeClosed(1, 40).mapToObj(n -> "word" + n).reduce((a, b) -> a + " " + b).get();

  private final Page page;

  SessionPage(Page page) {
    this.page = page;
  }

  SessionPage signIn(String name, String password) {
    page.getByLabel("Name").fill(name);
    page.getByLabel("Password").fill(password);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in")).click();
    return this;
  }

  /** Signs in at Keycloak, to which an unknown visitor is sent. */
  SessionPage signInAtProvider(String name) {
    get("#username").fill(name);
    get("#password").fill(name);
    get("#kc-login").click();
    return this;
  }

  SessionPage signInAsAlice() {
    signIn("alice", "alice");
    assertThat(get("#who")).hasText("alice");
    return this;
  }

  SessionPage newSession(String name) {
    get("#session-id").fill(name);
    get("#new-session").click();
    return awaitState("live");
  }

  SessionPage say(String text) {
    get("#message").fill(text);
    get("#send").click();
    return this;
  }

  SessionPage awaitState(String state) {
    assertThat(get("#status")).hasAttribute("data-state", state);
    return this;
  }

  /** Waits until an event with this cursor or a later one is on the page. */
  SessionPage awaitCursor(long cursor) {
    page.waitForFunction(
        "cursor => Number(document.getElementById('cursor').textContent) >= cursor",
        (double) cursor);
    return this;
  }

  /**
   * Waits until the turn's last event is on the page and in its positions: nothing is under way.
   */
  SessionPage awaitEnd() {
    assertThat(get("#frames li[data-seq] .type").first()).hasText("stream_end");
    String end = get("#frames li[data-seq]").first().getAttribute("data-seq");
    assertThat(get("#cursor")).hasText(end);
    assertThat(get("#head")).hasText(end);
    return this;
  }

  /** Waits until the newest answer has this outcome. */
  SessionPage awaitOutcome(String outcome) {
    assertThat(get("#conversation .answer").last()).hasAttribute("data-outcome", outcome);
    return this;
  }

  /** Waits until the page's proof counts exactly these faults. */
  SessionPage awaitFaults(int gaps, int duplicates) {
    assertThat(get("#proof")).hasAttribute("data-gaps", Integer.toString(gaps));
    assertThat(get("#proof")).hasAttribute("data-duplicates", Integer.toString(duplicates));
    return this;
  }

  Locator get(String selector) {
    return page.locator(selector);
  }

  SessionPage click(String selector) {
    get(selector).click();
    return this;
  }

  String answer() {
    return get("#conversation .answer").last().locator("p.text").last().textContent().strip();
  }

  long number(String selector) {
    return Long.parseLong(get(selector).textContent());
  }

  /** Returns the cursors on the page, oldest first. */
  List<Long> cursorsShown() {
    List<Long> newestFirst =
        get("#frames li[data-seq]").all().stream()
            .map(frame -> Long.parseLong(frame.getAttribute("data-seq")))
            .toList();
    return newestFirst.stream().sorted().toList();
  }

  /** Presses Tab until the element has the focus, as somebody without a mouse would. */
  SessionPage tabTo(String id) {
    return reach(id, "Tab");
  }

  /** Goes backwards: forwards from the message field come all sessions of the account. */
  SessionPage tabBackTo(String id) {
    return reach(id, "Shift+Tab");
  }

  private SessionPage reach(String id, String key) {
    for (int presses = 0; presses < 80; presses++) {
      if (id.equals(page.evaluate("document.activeElement.id"))) {
        Assertions.assertNotEquals(
            "none", page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), id);
        return this;
      }
      press(key);
    }
    return Assertions.fail("#" + id + " cannot be reached with " + key);
  }

  SessionPage press(String key) {
    page.keyboard().press(key);
    return this;
  }

  SessionPage type(String text) {
    page.keyboard().type(text);
    return this;
  }

  /** Lets a request go on that a route of the test has taken, once it is made. */
  SessionPage release(AtomicReference<Route> taken) {
    page.waitForCondition(() -> taken.get() != null);
    taken.get().resume();
    return this;
  }

  Object evaluate(String script) {
    return page.evaluate(script);
  }

  boolean isDark() {
    String ground = (String) evaluate("getComputedStyle(document.body).backgroundColor");
    String[] channels = ground.replaceAll("[^0-9,]", "").split(",", -1);
    return Integer.parseInt(channels[0]) + Integer.parseInt(channels[1]) < 2 * 128;
  }

  SessionPage picture(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "page", name)));
    return this;
  }

  SessionPage shows(String selector, String pattern) {
    assertThat(get(selector)).containsText(Pattern.compile(pattern));
    return this;
  }
}
