package dev.tidemark.access.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Everything that is attached to a login ends with it, once. */
final class BrowserLoginTest {
  private final List<String> ended = new ArrayList<>();
  private final BrowserLogin browserLogin =
      new BrowserLogin(
          null, // no test here uses the server's session
          new Caller(
              "alice",
              Set.of(Role.USER),
              Caller.DEFAULT_TENANT,
              Authentication.LOCAL,
              "127.0.0.1",
              Optional.empty()));

  @Test
  void whatIsAttachedEndsOnceAndWhatWasDetachedDoesNot() {
    Runnable closed = () -> ended.add("closed");
    browserLogin.attach(() -> ended.add("open"));
    browserLogin.attach(closed);
    browserLogin.detach(closed);
    browserLogin.end();
    browserLogin.end();
    assertEquals(List.of("open"), ended);
  }

  @Test
  void whatComesTooLateEndsAtOnce() {
    browserLogin.end();
    browserLogin.attach(() -> ended.add("late"));
    assertEquals(List.of("late"), ended);
  }

  /** A connection does so when it closes because of the login's end. */
  @Test
  void anEndingMayDetachItself() {
    Runnable[] ending = new Runnable[1];
    ending[0] =
        () -> {
          browserLogin.detach(ending[0]);
          ended.add("open");
        };
    browserLogin.attach(ending[0]);
    browserLogin.end();
    assertEquals(List.of("open"), ended);
  }
}
