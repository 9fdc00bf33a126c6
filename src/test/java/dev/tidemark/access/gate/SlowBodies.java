package dev.tidemark.access.gate;

import dev.tidemark.testing.client.WireClient;
import java.util.List;
import java.util.stream.Stream;

/** Heads of requests whose bodies may come slowly. */
final class SlowBodies {
  static final String FORM = "Content-Type: application/x-www-form-urlencoded";
  private static final String JSON = "Content-Type: application/json";
  private static final String BASIC = "Authorization: ";

  private SlowBodies() {}

  /** Each path that takes a body, and each kind of caller. */
  static Stream<List<String>> heads() {
    String alice = BASIC + WireClient.authorization("alice");
    String publisher = BASIC + WireClient.authorization("publisher");
    String length = "Content-Length: 500";
    String chunked = "Transfer-Encoding: chunked";
    return Stream.of(
        List.of("POST /tidemark/api/backchannel-logout", FORM, "Content-Length: 17000"),
        List.of("POST /tidemark/api/backchannel-logout", FORM, chunked),
        List.of(
            "POST /tidemark/api/backchannel-logout",
            FORM,
            length,
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
        List.of("POST /tidemark/j_security_check", FORM, length),
        List.of("POST /tidemark/j_security_check;a=b", FORM, chunked),
        List.of("POST /tidemark/api/sessions/s/events", JSON, length),
        List.of("POST /tidemark/api/sessions/s/events", JSON, length, BASIC + "Basic wrong"),
        List.of("POST /tidemark/api/sessions/s/events", JSON, "Content-Length: 90000", publisher),
        List.of("POST /tidemark/api/sessions/s/events", JSON, chunked, publisher),
        List.of("PUT /tidemark/api/sessions/s/members/bob", JSON, length, alice),
        List.of("POST /tidemark/api/logout", length, alice),
        List.of("GET /tidemark/api/me", length, alice),
        List.of("POST /tidemark/api/nothing", chunked, "Cookie: JSESSIONID=made-up"),
        List.of("POST /tidemark/", FORM, chunked),
        List.of("GET /tidemark/ws", "Upgrade: websocket", "Connection: Upgrade", chunked, alice));
  }
}
