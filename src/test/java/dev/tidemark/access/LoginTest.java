package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What hangs on a login ends with it, once. */
final class LoginTest {
  private final List<String> ended = new ArrayList<>();
  private final Login login =
      new Login(
          null, // nothing here asks the server's session
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
    login.attach(() -> ended.add("open"));
    login.attach(closed);
    login.detach(closed);
    login.end();
    login.end();
    assertEquals(List.of("open"), ended);
  }

  @Test
  void whatComesTooLateEndsAtOnce() {
    login.end();
    login.attach(() -> ended.add("late"));
    assertEquals(List.of("late"), ended);
  }

  /** As a connection does when it closes because of the end. */
  @Test
  void anEndingMayDetachItself() {
    Runnable[] ending = new Runnable[1];
    ending[0] =
        () -> {
          login.detach(ending[0]);
          ended.add("open");
        };
    login.attach(ending[0]);
    login.end();
    assertEquals(List.of("open"), ended);
  }
}
