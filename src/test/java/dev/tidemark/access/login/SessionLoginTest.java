package dev.tidemark.access.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.LoginForms;
import dev.tidemark.access.limit.QuotaExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A login that ends while it is registered leaves nothing behind, whichever comes first. */
final class SessionLoginTest {
  private static final String HERE = "127.0.0.1";

  private final LoginForms forms = new LoginForms(1);
  private final SessionLogin session = new SessionLogin(forms, HERE);
  private final LoginLimit limit = new LoginLimit(2);
  private final BrowserLogins logins = new BrowserLogins(null, Duration.ofHours(1), limit);
  private final List<String> ended = new ArrayList<>();

  @Test
  void aLoginThatIsRegisteredAfterItsEndIsNotKeptAndEndsWhatComesWithIt() {
    session.end();
    BrowserLogin late = session.of(null, alice(), logins::register);
    late.attach(() -> ended.add("socket"));
    assertTrue(late.hasEnded());
    assertEquals(List.of("socket"), ended);
    assertTrue(logins.find(late.id()).isEmpty());
    assertEquals(0, limit.known());
  }

  /** The end comes in the middle: it has to wait for the registration, or be seen by it. */
  @Test
  void aLoginThatEndsWhileItIsRegisteredIsNotKept() throws Exception {
    Thread end = new Thread(session::end);
    BrowserLogin login =
        session.of(
            null,
            alice(),
            opened -> {
              end.start();
              while (end.getState() != Thread.State.BLOCKED && end.isAlive()) {
                Thread.onSpinWait();
              }
              logins.register(opened);
            });
    end.join(30_000);
    assertTrue(login.hasEnded());
    assertTrue(logins.find(login.id()).isEmpty());
    assertEquals(0, limit.known());
  }

  @Test
  void aLoginEndsWithItsSessionAndWithAnotherCallerOfItsCookie() {
    BrowserLogin first = session.of(null, alice(), logins::register);
    assertSame(first, session.of(null, alice(), logins::register));
    assertSame(first, logins.find(first.id()).orElseThrow());
    BrowserLogin second = session.of(null, caller("bob"), logins::register);
    assertNotSame(first, second);
    assertTrue(first.hasEnded());
    assertTrue(logins.find(first.id()).isEmpty());
    assertFalse(second.hasEnded());
    session.end();
    assertTrue(second.hasEnded());
    assertTrue(logins.find(second.id()).isEmpty());
  }

  @Test
  void theOldestLoginOfAPrincipalEndsForOneTooMany() {
    BrowserLogin gone = new BrowserLogin(null, alice());
    assertEquals(Optional.empty(), logins.register(gone));
    gone.end();
    BrowserLogin first = new BrowserLogin(null, alice());
    assertEquals(Optional.empty(), logins.register(first));
    assertEquals(Optional.empty(), logins.register(new BrowserLogin(null, caller("bob"))));
    BrowserLogin second = new BrowserLogin(null, alice());
    assertEquals(Optional.empty(), logins.register(second));
    BrowserLogin third = new BrowserLogin(null, alice());
    assertEquals(Optional.of(first), logins.register(third));
    assertEquals(Optional.of(second), logins.register(new BrowserLogin(null, alice())));
    third.end();
    assertEquals(Optional.empty(), logins.register(new BrowserLogin(null, alice())));
  }

  @Test
  void theFirstSignInCounts() {
    assertEquals(Optional.empty(), session.signedInAt());
    session.signedIn();
    var first = session.signedInAt();
    session.signedIn();
    assertEquals(first, session.signedInAt());
  }

  /** In whichever order: the place is given back once. */
  @Test
  void aLoginThatIsUsedOrTheEndGivesThePlaceOfItsLoginFormBack() {
    session.begin();
    session.signedIn();
    assertThrows(QuotaExceededException.class, () -> forms.check(HERE));
    var used = session.of(null, alice(), logins::register);
    forms.check(HERE);
    SessionLogin another = new SessionLogin(forms, HERE);
    another.begin();
    assertSame(used, session.of(null, alice(), logins::register));
    session.end();
    assertThrows(QuotaExceededException.class, () -> forms.check(HERE));
    another.end();
    another.begin();
    forms.check(HERE);
  }

  private static Caller alice() {
    return caller("alice");
  }

  private static Caller caller(String name) {
    return new Caller(
        name,
        Set.of(Role.USER),
        Caller.DEFAULT_TENANT,
        Authentication.LOCAL,
        "127.0.0.1",
        Optional.empty());
  }
}
