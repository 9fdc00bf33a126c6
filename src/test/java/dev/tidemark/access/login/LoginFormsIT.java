package dev.tidemark.access.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks for pages and never signs in gets few HTTP sessions, and for a short time. */
final class LoginFormsIT {
  private static final int FORMS = 3;
  private static final String BASIC = "Authorization: " + WireClient.authorization("alice");
  private static final String MADE_UP = "Cookie: JSESSIONID=made-up";
  private static final Pattern SESSION = Pattern.compile("JSESSIONID=[^;\\s]+");

  private static Gateway lasting;
  private static Gateway passing;

  @BeforeAll
  static void start() {
    String key = "tidemark.access.login-forms-per-address";
    lasting =
        Gateway.start(
            "login-forms", Map.of(key, "" + FORMS, "tidemark.access.logins-per-principal", "2"));
    passing =
        Gateway.start(
            "login-forms-passing",
            Map.of(key, "" + FORMS, "tidemark.access.login-form-millis", "4000"));
  }

  @AfterAll
  static void stop() {
    lasting.close();
    passing.close();
  }

  @Test
  void oneFormTooManyOfAnAddressIsToldToWaitAndNobodyElseIs() throws IOException {
    Visitor visitor = new Visitor(lasting, "127.0.9.1");
    String login = visitor.login("alice", "/");
    String form = visitor.form("/");
    visitor.form("/nothing/at/all", MADE_UP);
    visitor.form("/", BASIC);

    assertTooMany(visitor.get("/"));
    assertTooMany(visitor.get("/", MADE_UP));
    assertTooMany(visitor.get("/index.html;a=b?c=d"));
    assertTooMany(visitor.send("alice"));
    for (String open : new String[] {"/login.html", "/tidemark.css", "/tidemark.svg"}) {
      assertEquals(200, visitor.get(open).status(), open);
    }
    assertEquals(200, visitor.get("/", login).status());
    assertEquals(200, visitor.get("/api/me", login).status());
    assertEquals(200, visitor.get("/api/me", BASIC).status());
    assertEquals(200, visitor.get("/", form).status(), "who has a form gets it again");
    new Visitor(lasting, "127.0.9.2").form("/");

    String unused = visitor.signIn("bob", form);
    assertTooMany(visitor.get("/"));
    assertEquals(200, visitor.get("/api/me", unused).status());
    visitor.form("/");
    assertTooMany(visitor.get("/"));
  }

  /** Such a request comes without the visitor's cookie, as often as the other page likes. */
  @Test
  void whatAnotherPageLoadsMakesNoSession() throws IOException {
    Visitor visitor = new Visitor(lasting, "127.0.9.6");
    String foreign = "Sec-Fetch-Site: cross-site";
    for (String kind : new String[] {"image", "iframe", "empty"}) {
      for (int i = 0; i <= FORMS; i++) {
        Answer answer = visitor.get("/?q=" + i, foreign, "Sec-Fetch-Dest: " + kind);
        assertEquals(403, answer.status(), answer.head());
        assertTrue(answer.body().contains("\"foreign_origin\""), answer.body());
        assertEquals(Optional.empty(), session(answer));
      }
    }
    visitor.form("/", foreign, "Sec-Fetch-Dest: document");
    visitor.form("/", "Sec-Fetch-Site: none", "Sec-Fetch-Dest: document");
  }

  @Test
  void aFormThatFailedIsNoFurtherSession() throws IOException {
    Visitor visitor = new Visitor(lasting, "127.0.9.3");
    for (int i = 0; i < FORMS; i++) {
      assertEquals(Optional.empty(), session(visitor.send("nobody-" + i)));
    }
    for (int i = 0; i < FORMS; i++) {
      visitor.form("/");
    }
    assertTooMany(visitor.get("/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing"})
  void aFormIsForgottenSoonAndALoginIsNot(String page) throws IOException {
    Visitor visitor = new Visitor(passing, page.equals("/") ? "127.0.9.4" : "127.0.9.5");
    String login = visitor.login("alice", page);
    String unused = visitor.signIn("alice", visitor.form(page));
    Awaitility.await("all of them at once, which a busy machine may be too slow for")
        .atMost(WireClient.PATIENCE)
        .until(() -> visitor.get(page).status() == 429);
    Awaitility.await("a place for another one")
        .atMost(WireClient.PATIENCE)
        .until(() -> visitor.get(page).status() != 429);
    assertEquals(200, visitor.get("/api/me", login).status(), "it began with its first use");
    assertEquals(401, visitor.get("/api/me", unused).status());
  }

  @Test
  void theOldestLoginOfAPersonEndsForOneTooMany() throws IOException {
    Visitor visitor = new Visitor(lasting, "127.0.9.7");
    String other = visitor.login("publisher", "/");
    String first = visitor.login("bob", "/");
    String second = visitor.login("bob", "/");
    assertEquals(200, visitor.get("/api/me", first).status());
    String third = visitor.login("bob", "/");
    Awaitility.await("its end, which another thread brings about")
        .atMost(WireClient.PATIENCE)
        .until(() -> visitor.get("/api/me", first).status() == 401);
    for (String kept : new String[] {second, third, other}) {
      assertEquals(200, visitor.get("/api/me", kept).status());
    }
  }

  private static Optional<String> session(Answer answer) {
    return Optional.of(SESSION.matcher(answer.head())).filter(Matcher::find).map(Matcher::group);
  }

  private static void assertTooMany(Answer answer) {
    assertEquals(429, answer.status(), answer.head());
    assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
    assertTrue(answer.body().contains("\"too_many_requests\""), answer.body());
    assertEquals(Optional.of("1"), answer.header("Retry-After"));
    assertEquals(Optional.empty(), session(answer));
  }

  /** Somebody at an address. */
  private record Visitor(Gateway gateway, String address) {
    Answer get(String path, String... headers) throws IOException {
      try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), address)) {
        return request.head("GET /tidemark" + path, headers).read();
      }
    }

    /** Asks for a page and gets the form; returns its cookie. */
    String form(String path, String... headers) throws IOException {
      Answer answer = get(path, headers);
      assertTrue(answer.body().contains("j_security_check"), answer.head() + answer.body());
      return "Cookie: " + session(answer).orElseThrow();
    }

    Answer send(String account, String... headers) throws IOException {
      String body = "j_username=" + account + "&j_password=" + account;
      try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), address)) {
        return request
            .head(
                "POST /tidemark/j_security_check",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: " + body.length(),
                headers.length == 0 ? MADE_UP : headers[0])
            .send(body)
            .read();
      }
    }

    /** Signs in and uses it; returns the cookie of the login. */
    String login(String account, String page) throws IOException {
      String login = signIn(account, form(page));
      assertEquals(200, get("/api/me", login).status());
      return login;
    }

    /** Sends the form; returns the cookie of the login. */
    String signIn(String account, String form) throws IOException {
      Answer answer = send(account, form);
      assertEquals(302, answer.status(), answer.head() + answer.body());
      return session(answer).map(cookie -> "Cookie: " + cookie).orElse(form);
    }
  }
}
