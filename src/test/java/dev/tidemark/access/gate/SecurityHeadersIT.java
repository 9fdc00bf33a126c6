package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Security headers are on every HTTP response: of a page, REST, a guard, the server itself. */
final class SecurityHeadersIT {
  private static final Map<String, String> ALWAYS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "same-origin",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin");

  private final Guest guest = new Guest(GuardedGateway.get());

  @Test
  void everyAnswerProtectsTheBrowser() throws Exception {
    String[] alice = {"Authorization", WireClient.authorization("alice")};
    List<HttpResponse<String>> answers = new ArrayList<>();
    answers.add(expect(200, guest.ask("GET", "/login.html")));
    answers.add(expect(200, guest.ask("GET", "/"))); // the form, by the server
    answers.add(expect(302, guest.ask("GET", ""))); // to "/", by the server
    answers.add(expect(200, guest.ask("GET", "/api/me", alice)));
    answers.add(expect(404, guest.ask("GET", "/api/nothing", alice)));
    answers.add(expect(401, guest.ask("GET", "/api/me")));
    answers.add(expect(403, guest.ask("GET", "/ws", "Origin", "https://elsewhere.example")));
    answers.add(expect(426, guest.ask("GET", "/ws", alice)));
    for (HttpResponse<String> answer : answers) {
      ALWAYS.forEach((name, value) -> assertEquals(value, header(answer, name), answer.toString()));
      String policy = header(answer, "Content-Security-Policy");
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertTrue(policy.endsWith("form-action 'self' https://sso.example.com"), policy);
      assertTrue(header(answer, "Permissions-Policy").contains("camera=()"), answer.toString());
      assertEquals("", header(answer, "Strict-Transport-Security"), "over http");
      if (answer.uri().getPath().contains("/api/")) {
        assertEquals("no-store", header(answer, "Cache-Control"), answer.toString());
      }
    }
  }

  @Test
  void overHttpsTheBrowserIsToldToStayThere() throws Exception {
    HttpResponse<String> answer = guest.ask("GET", "/login.html", "X-Forwarded-Proto", "https");
    assertEquals("max-age=31536000", header(answer, "Strict-Transport-Security"));
  }

  @Test
  void theCookieOfALoginIsForThisSiteAndForNoScript() throws Exception {
    String cookie = header(guest.ask("GET", "/"), "Set-Cookie").toLowerCase(Locale.ROOT);
    assertTrue(cookie.contains("httponly") && cookie.contains("samesite=lax"), cookie);
  }

  private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.toString());
    return answer;
  }

  private static String header(HttpResponse<String> answer, String name) {
    return String.join(" | ", answer.headers().allValues(name));
  }
}
