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
import dev.tidemark.concurrent.BackgroundJobs;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A login that ends while it is registered leaves nothing behind, whichever comes first. */
final class SessionLoginTest {
  private static final String HERE = "127.0.0.1";

  private final LoginForms forms = new LoginForms(1);
  private final SessionLogin session = new SessionLogin(forms, HERE);
  private final ErringLimit limit = new ErringLimit();
  private final BrowserLogins logins = new BrowserLogins(null, Duration.ofHours(1), limit);
  private final List<String> ended = new ArrayList<>();

  /** Two logins for each principal, unless memory runs out. */
  private static final class ErringLimit extends LoginLimit {
    private boolean errs;

    ErringLimit() {
      super(2);
    }

    @Override
    Optional<BrowserLogin> takeTooOld(String principal) {
      if (errs) {
        throw new OutOfMemoryError("of the test");
      }
      return super.takeTooOld(principal);
    }
  }

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

  /** The former one goes on, and the next request begins anew. */
  @Test
  void aLoginThatCannotBeRegisteredLeavesNothing() {
    BrowserLogin former = session.of(null, caller("bob"), logins::register);
    List<BrowserLogin> failed = new ArrayList<>();
    limit.errs = true;
    assertThrows(
        OutOfMemoryError.class,
        () ->
            session.of(
                null,
                alice(),
                login -> {
                  failed.add(login);
                  logins.register(login);
                }));
    assertTrue(logins.find(failed.get(0).id()).isEmpty());
    assertEquals(1, limit.known());
    assertFalse(former.hasEnded());
    limit.errs = false;
    BrowserLogin second = session.of(null, alice(), logins::register);
    assertSame(second, logins.find(second.id()).orElseThrow());
    assertTrue(former.hasEnded());
    session.end();
    assertTrue(second.hasEnded());
    assertEquals(0, limit.known());
  }

  @Test
  void whatCannotEndWithALoginKeepsNothingElseFromItsEnd() {
    BrowserLogin login = session.of(null, alice(), logins::register);
    for (int i = 0; i < 8; i++) {
      String name = "socket " + i;
      login.attach(
          () -> {
            ended.add(name);
            throw new OutOfMemoryError("of the test");
          });
    }
    session.end();
    assertEquals(8, ended.size());
    assertEquals(0, limit.known());
  }

  /** That thread may be this one, and the end takes the monitor of another session. */
  @Test
  void theEndOfTheOldestLoginIsAskedForWithoutALock() {
    List<Boolean> locked = new ArrayList<>();
    SessionLogin newest = new SessionLogin(forms, HERE);
    BackgroundJobs jobs =
        new BackgroundJobs() {
          @Override
          public void soon(Runnable job) {
            locked.add(Thread.holdsLock(newest));
          }
        };
    BrowserLogins one = new BrowserLogins(jobs, Duration.ofHours(1), new LoginLimit(1));
    assertTrue(one.of(requestIn(session), alice()).isPresent());
    assertEquals(List.of(), locked);
    assertTrue(one.of(requestIn(newest), alice()).isPresent());
    assertEquals(List.of(false), locked);
  }

  private static HttpServletRequest requestIn(SessionLogin login) {
    HttpSession session =
        proxy(HttpSession.class, name -> name.equals("getAttribute") ? login : null);
    return proxy(HttpServletRequest.class, name -> session);
  }

  private static <T> T proxy(Class<T> type, Function<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answers.apply(method.getName())));
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
