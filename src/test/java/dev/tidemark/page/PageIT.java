package dev.tidemark.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A person talks to an agent, loses the connection, comes back, and can prove that nothing was
 * missed.
 */
class PageIT {
  @RegisterExtension static final Visitor visitor = new Visitor();

  private final String session = "page-" + UUID.randomUUID();

  @Test
  void whatHappenedWhileTheCableWasCutArrivesMarkedAndTheAnswerIsComplete() {
    SessionPage page =
        visitor.visit().signInAsAlice().newSession(session).say(SessionPage.LONG).awaitCursor(8);
    assertThat(page.get("#conversation .answer")).hasAttribute("data-outcome", "running");

    page.click("#cut").awaitState("away");
    page.shows("#summary", "\\d+ new events? since you went away");
    long cut = page.number("#cursor"); // only now: it is painted together with that summary
    page.click("#come-back").awaitState("live").awaitOutcome("completed");

    page.picture("came-back.png").shows("#summary", "Caught up: \\d+ events?, nothing missed");
    page.awaitFaults(0, 0);
    assertThat(page.get("#frames li[data-seq='" + cut + "']"))
        .hasAttribute("data-replayed", "false");
    assertThat(page.get("#frames li[data-seq='" + (cut + 1) + "']"))
        .hasAttribute("data-replayed", "true");
    page.awaitEnd();
    assertEquals(SessionPage.LONG, page.answer());
    assertEquals(upTo(page.number("#head")), page.cursorsShown());
  }

  @Test
  void forgettingEverythingReplaysAllThatIsRetained() {
    SessionPage page = finishedTurn();
    long head = page.number("#head");

    page.click("#forget").awaitState("live").awaitCursor(head).awaitOutcome("completed");

    page.shows("#summary", "Caught up: " + head + " events, nothing missed").awaitFaults(0, 0);
    assertThat(page.get("#frames li[data-replayed='true']")).hasCount((int) head);
    assertThat(page.get("#resync")).isHidden();
  }

  @Test
  void forgettingEverythingAfterTheFloorMovedShowsTheResyncAndTheSnapshot() {
    SessionPage page = finishedTurn();
    long head = page.number("#head");
    visitor.raiseFloor(session, head - 1);

    page.click("#forget");

    assertThat(page.get("#resync")).hasAttribute("data-reason", "below_floor");
    page.awaitState("live").awaitOutcome("completed").awaitFaults(0, 0).picture("resync.png");
    page.shows("#window", "events have left the replay window");
    assertEquals("a short answer", page.answer());
    assertThat(page.get("#frames li[data-replayed='true']")).hasCount(0);
    page.say("and on it goes").awaitCursor(head + 2); // the new turn has begun
    page.awaitOutcome("completed").awaitFaults(0, 0);
  }

  @Test
  void theOwnerRaisesTheFloorAndSeesTheResync() {
    SessionPage page = finishedTurn();
    long head = page.number("#head");
    page.shows(
        "#window",
        "The server keeps events in the replay window for 7 days, at most 100,000 of a session");

    page.click("#raise-floor").shows("#summary", "The floor is now at " + (head + 1));
    assertThat(page.get("#floor")).hasText(Long.toString(head + 1));
    page.shows("#window", head + " events have left the replay window").picture("raised.png");
    page.click("#forget");

    assertThat(page.get("#resync")).hasAttribute("data-reason", "below_floor");
    page.shows("#resync", "The server sent a snapshot at " + head).awaitState("live");
    assertEquals("a short answer", page.answer());
    assertThat(page.get("#frames li[data-replayed='true']")).hasCount(0);
    page.awaitFaults(0, 0);
  }

  @Test
  void theFloorOfASessionWithoutEventsStays() {
    SessionPage page = visitor.visit().signInAsAlice().newSession(session);

    page.click("#raise-floor").shows("#summary", "There is no event yet");

    assertThat(page.get("#floor")).hasText("1");
    page.say("a short answer").awaitOutcome("completed").awaitFaults(0, 0);
  }

  @Test
  void aMemberSeesNoButtonThatRaisesTheFloor() {
    finishedTurn();
    visitor.share(session, "bob");
    visitor.use(ColorScheme.LIGHT, 1280, 860);

    SessionPage page = visitor.visit().signIn("bob", "bob");
    page.get("#session-id").fill(session);
    page.click("#open-session").awaitState("live").awaitEnd();
    long before = page.number("#head");
    page.say("a short answer").awaitCursor(before + 2).awaitOutcome("completed").awaitEnd();

    // The same response brings this count and the right to raise the floor.
    page.shows("#sessions button[aria-current='true']", page.number("#head") + " events");
    assertThat(page.get("#raise-floor")).isHidden();
  }

  @Test
  void theButtonsWaitForTheScript() {
    finishedTurn();
    visitor.use(ColorScheme.LIGHT, 1280, 860);
    AtomicReference<Route> script = new AtomicReference<>();
    SessionPage page = visitor.visit(tab -> tab.route("**/js/app.js", script::set));
    page.signIn("alice", "alice");
    page.shows("#status", "Loading").get("#session-id").fill(session);
    page.press("Enter");

    for (String button : List.of("#new-session", "#open-session", "#sign-out")) {
      assertThat(page.get(button)).isDisabled();
    }
    page.release(script);

    page.shows("#status", "Pick a session").click("#open-session").awaitState("live");
    assertThat(page.get("#current-session")).hasText(session);
  }

  @Test
  void aConnectionThatReallyDropsComesBackByItself() {
    AtomicReference<WebSocketRoute> socket = new AtomicReference<>();
    SessionPage page =
        visitor
            .visit(between(socket, frame -> true))
            .signInAsAlice()
            .newSession(session)
            .say(SessionPage.LONG)
            .awaitCursor(8);

    socket.get().close(new WebSocketRoute.CloseOptions().setCode(1012));

    page.awaitState("live").awaitOutcome("completed").awaitFaults(0, 0);
    page.shows("#summary", "nothing missed");
    page.awaitEnd();
    assertEquals(SessionPage.LONG, page.answer());
    assertEquals(upTo(page.number("#cursor")), page.cursorsShown());
  }

  @Test
  void aFrameThatWasLostOnTheWayIsNoticedAndFetched() {
    AtomicBoolean lost = new AtomicBoolean();
    Predicate<String> allButOne = frame -> !frame.contains("\"seq\":9,") || lost.getAndSet(true);
    SessionPage page =
        visitor
            .visit(between(new AtomicReference<>(), allButOne))
            .signInAsAlice()
            .newSession(session)
            .say(SessionPage.LONG)
            .awaitFaults(1, 0)
            .awaitOutcome("completed");

    assertTrue(lost.get());
    page.awaitEnd();
    assertEquals(SessionPage.LONG, page.answer());
    assertEquals(upTo(page.number("#cursor")), page.cursorsShown());
    assertThat(page.get("#frames li[data-seq='9']")).hasAttribute("data-replayed", "true");
  }

  @Test
  void aFailedAndAStoppedTurnAreShownAsSuch() {
    SessionPage page = visitor.visit().signInAsAlice().newSession(session);
    page.click(".demonstration summary").click("#fail").say("one two three four five");
    page.awaitOutcome("failed").shows("#conversation", "The turn failed");

    page.click("#fail").say(SessionPage.LONG).awaitOutcome("running").click("#abort");
    page.awaitOutcome("aborted").awaitFaults(0, 0);
  }

  @Test
  void aSessionThatDoesNotExistIsToldInPlainWords() {
    SessionPage page = visitor.visit().signInAsAlice();
    page.get("#session-id").fill("nobody-has-" + session);
    page.click("#open-session").awaitState("stopped");
    page.shows("#status", "no session of that name");
  }

  @Test
  void everythingWorksWithoutAMouse() {
    SessionPage page = visitor.visit();
    page.tabTo("name").type("alice").tabTo("password").type("alice").press("Enter");
    assertThat(page.get("#who")).hasText("alice");
    assertThat(page.get("#new-session")).isEnabled();
    page.tabTo("session-id").type(session).tabTo("new-session").press("Enter").awaitState("live");
    page.tabTo("message").type(SessionPage.LONG).press("Enter").awaitCursor(8);
    page.tabBackTo("cut").press("Enter").awaitState("away");
    page.shows("#summary", "since you went away");
    page.tabTo("come-back").press("Space").awaitOutcome("completed");
    page.shows("#summary", "Caught up: \\d+ events?, nothing missed").awaitFaults(0, 0);
    page.tabBackTo("forget").press("Space").awaitState("live").awaitOutcome("completed");
    page.awaitFaults(0, 0);
  }

  @Test
  void theDarkThemeIsDarkAndTheNarrowPageDoesNotScrollSideways() {
    for (ColorScheme theme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      visitor.use(theme, 360, 740);
      SessionPage page = visitor.visit().signInAsAlice().newSession(session + theme);
      page.say("a short answer").awaitOutcome("completed");
      page.picture(theme.name().toLowerCase(Locale.ROOT) + "-narrow.png");
      assertEquals(360, page.evaluate("document.documentElement.scrollWidth"));
      assertEquals(theme == ColorScheme.DARK, page.isDark());
    }
    visitor.use(ColorScheme.DARK, 1280, 860);
    finishedTurn().picture("dark.png");
  }

  private SessionPage finishedTurn() {
    return visitor
        .visit()
        .signInAsAlice()
        .newSession(session)
        .say("a short answer")
        .awaitOutcome("completed")
        .awaitEnd();
  }

  /** Intercepts the page's socket and lets through the frames that {@code passes} accepts. */
  private static Consumer<Page> between(
      AtomicReference<WebSocketRoute> newest, Predicate<String> passes) {
    return page ->
        page.routeWebSocket(
            url -> url.endsWith("/ws"),
            route -> {
              newest.set(route);
              WebSocketRoute gateway = route.connectToServer();
              gateway.onMessage(
                  frame -> {
                    if (passes.test(frame.text())) {
                      route.send(frame.text());
                    }
                  });
            });
  }

  private static List<Long> upTo(long cursor) {
    return LongStream.rangeClosed(1, cursor).boxed().toList();
  }
}
