package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.client.WireClient;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The requests with which hostile clients open a WebSocket: most are good, some are anything. */
final class Handshakes {
  /** Hostile accounts with the role {@code user}; the password is the name. */
  static final List<String> USERS = List.of("alice", "mallory", "eve");

  private static final List<String> BAD_HEADERS =
      List.of(
          "Authorization: Basic AAAA",
          "Authorization: Basic " + "QUFB".repeat(3_000),
          "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
          "Authorization: Bearer",
          "Authorization: \u0001",
          "Sec-WebSocket-Protocol: tidemark.v1, ticket.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "Sec-WebSocket-Protocol: " + "x,".repeat(2_000),
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
          "Sec-WebSocket-Version: 8",
          "Sec-WebSocket-Key: x",
          "Upgrade: h2c",
          "Origin: https://evil.example.com",
          "Origin: null",
          "Cookie: JSESSIONID=x",
          "Host: \u00e9",
          "Content-Length: 5");

  private Handshakes() {}

  static byte[] request(Dice dice) {
    StringBuilder request = new StringBuilder();
    request.append("GET /tidemark/ws").append(dice.onceIn(60) ? "?access_token=x" : "");
    request.append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    line(request, dice, "Connection: Upgrade");
    line(request, dice, "Upgrade: websocket");
    line(request, dice, "Sec-WebSocket-Version: 13");
    line(request, dice, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    line(request, dice, "Authorization: " + WireClient.authorization(dice.oneOf(USERS)));
    while (dice.onceIn(30)) {
      request.append(dice.oneOf(BAD_HEADERS)).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Adds a header, unless chance leaves it out. */
  private static void line(StringBuilder request, Dice dice, String header) {
    if (!dice.onceIn(150)) {
      request.append(header).append("\r\n");
    }
  }
}
