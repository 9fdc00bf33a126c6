package dev.tidemark.tools.bench.neighbours;

import dev.tidemark.testing.client.WireClient;

/** The requests of HTTP with which somebody does too much. */
final class NuisanceRequests {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String EVIL = "https://evil.example.com";

  private NuisanceRequests() {}

  /** A request whose body is on its way, to each kind of path that takes one; one is too large. */
  static String slowBody(String account, int connection) {
    return switch (connection % 4) {
      case 0 -> head("POST", "/api/backchannel-logout", "Content-Type: " + FORM, 17_000);
      case 1 -> head("POST", "/api/backchannel-logout", "Content-Type: " + FORM, 1_500);
      case 2 -> head("POST", "/j_security_check", "Content-Type: " + FORM, 1_500);
      default -> head("PUT", "/api/sessions/s/members/x", by(account), 8_000);
    };
  }

  static String handshake(String account) {
    return """
    GET /tidemark/ws HTTP/1.1\r
    Host: 127.0.0.1\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    %s\r
    \r
    """
        .formatted(by(account));
  }

  static String listOfSessions(String account) {
    return head("GET", "/api/sessions", by(account), 0);
  }

  /** Guesses the neighbour's password, in a header or by the form. */
  static String guess(int time) {
    String form = "j_username=" + Nuisance.NEIGHBOUR + "&j_password=guess" + time;
    return time % 2 == 0
        ? head("GET", "/api/me", "Authorization: Basic Ym9iOmd1ZXNz", 0)
        : head("POST", "/j_security_check", "Content-Type: " + FORM, form.length()) + form;
  }

  /** What a page of another site can make a browser send. */
  static String crossSite(int time) {
    return switch (time % 3) {
      case 0 -> head("GET", "/?code=1&state=" + time, "Sec-Fetch-Site: cross-site", 0);
      case 1 -> head("POST", "/j_security_check", "Origin: " + EVIL, 0);
      default -> head("POST", "/api/logout", "Origin: " + EVIL, 0);
    };
  }

  private static String by(String account) {
    return "Authorization: " + WireClient.authorization(account);
  }

  private static String head(String method, String path, String header, int length) {
    return """
    %s /tidemark%s HTTP/1.1\r
    Host: 127.0.0.1\r
    %s\r
    Content-Length: %d\r
    \r
    """
        .formatted(method, path, header, length);
  }
}
