package dev.tidemark.access.login;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.LoginForms;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who signs in anew in the same browser keeps the session, also where one login is the limit. */
final class BrowserLoginsTest {
  private final SessionLogin kept = new SessionLogin(new LoginForms(1), "127.0.0.1");

  @Test
  void aNewLoginOfTheSameSessionIsNotEndedForTheFormerOne() {
    BrowserLogins logins = // without other threads: to end a session would fail
        new BrowserLogins(null, Duration.ofHours(1), new LoginLimit(1));
    BrowserLogin former = logins.of(request(), caller("first")).orElseThrow();
    BrowserLogin login = logins.of(request(), caller("second")).orElseThrow();
    assertTrue(former.hasEnded());
    assertFalse(login.hasEnded());
    assertTrue(logins.find(login.id()).isPresent());
  }

  private HttpServletRequest request() {
    HttpSession session =
        proxy(
            HttpSession.class,
            (self, method, arguments) -> method.getName().equals("getAttribute") ? kept : null);
    return proxy(
        HttpServletRequest.class,
        (self, method, arguments) -> method.getName().equals("getSession") ? session : null);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Caller caller(String providerSession) {
    return new Caller(
        "alice",
        Set.of(Role.USER),
        Caller.DEFAULT_TENANT,
        new Authentication(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(providerSession)),
        "127.0.0.1",
        Optional.empty());
  }
}
