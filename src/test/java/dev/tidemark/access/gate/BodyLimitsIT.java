package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.SmallGateway;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bodies may have, at the edge of each size, and the ways in which they may be sent. */
final class BodyLimitsIT {
  private static final String ANY_BODY = "Content-Type: application/x-www-form-urlencoded";
  private static final String JSON = "Content-Type: application/json";

  private final Gateway gateway = SmallGateway.get();

  /** The greatest size, and what a body of it gets whose content is wrong. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /api/sessions/s/events      | publisher | 24000 | 400",
        "POST /api/revocations            | admin     |  8192 | 400",
        "PUT /api/sessions/s/members/bob  | alice     |  8192 | 404",
        "POST /api/nothing                | alice     |  8192 | 404",
        "GET /api/me                      | alice     |  8192 | 200",
        "POST /api/sessions/s/events      |           |  2048 | 401",
        "POST /api                        |           |  2048 | 401",
        "POST /j_security_check           |           |  2048 | 200",
        "POST /api/backchannel-logout     |           | 17408 | 400",
        "POST /                           |           |     0 | 200",
        "GET /ws                          | alice     |     0 | 426"
      })
  void aBodyOfTheGreatestSizeIsTakenAndOneByteMoreIsNot(
      String line, String account, int most, int wrong) throws IOException {
    String[] head = head(account);
    assertEquals(wrong, ask(line, "x".repeat(most), head).status());
    Answer declared = ask(line, "x".repeat(most + 1), head);
    assertTooLarge(declared, most);
    try (RawRequest chunked = connect()) {
      chunked.head(path(line), with(head, "Transfer-Encoding: chunked"));
      chunked.send(Integer.toHexString(most + 1) + "\r\n" + "x".repeat(most + 1) + "\r\n");
      assertTooLarge(chunked.read(), most);
    }
  }

  private static void assertTooLarge(Answer answer, int most) {
    assertEquals(413, answer.status(), answer.head());
    assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
    assertTrue(answer.body().contains("\"payload_too_large\""), answer.body());
    assertTrue(answer.body().contains(most == 0 ? "no body" : "" + most), answer.body());
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOnOrRefused() throws IOException {
    String body = "{\"why\":\"\"}";
    try (RawRequest asking = connect()) {
      String[] head = with(head("admin"), "Expect: 100-continue");
      asking.head(path("POST /api/revocations"), with(head, "Content-Length: " + body.length()));
      assertEquals(100, asking.read().status());
      asking.send(body.substring(0, 3)).send(body.substring(3));
      assertEquals(400, asking.read().status());
      asking.head(path("POST /api/revocations"), with(head, "Content-Length: 8193"));
      assertEquals(413, asking.read().status());
    }
  }

  @Test
  void requestsThatFollowEachOtherAreAnsweredInOrder() throws IOException {
    String body = "{\"principal\":\"nobody of that name\"}";
    try (RawRequest following = connect()) {
      String[] head = with(head("admin"), "Content-Length: " + body.length());
      for (int i = 0; i < 3; i++) {
        following.head(path("POST /api/revocations"), head).send(body);
        following.head(path("GET /api/me"), head("admin"));
      }
      for (int i = 0; i < 3; i++) {
        assertEquals(201, following.read().status());
        assertEquals(200, following.read().status());
      }
    }
  }

  /** Bytes beyond the declared length are no part of the body. */
  @Test
  void whatFollowsABodyIsNoPartOfIt() throws IOException {
    String body = "{\"principal\":\"nobody of that name\"}";
    try (RawRequest trailing = connect()) {
      trailing
          .head(
              path("POST /api/revocations"),
              with(head("admin"), "Content-Length: " + body.length()))
          .send(body + "garbage\r\n\r\n");
      assertEquals(201, trailing.read().status());
      assertEquals(400, trailing.read().status());
    }
  }

  @Test
  void aBodyInPartsIsTheSameBody() throws IOException {
    try (RawRequest parts = connect()) {
      parts.head(path("POST /api/revocations"), with(head("admin"), "Transfer-Encoding: chunked"));
      for (char one : "{\"principal\":\"nobody of that name\"}".toCharArray()) {
        parts.send("1\r\n" + one + "\r\n");
      }
      assertEquals(201, parts.send("0\r\n\r\n").read().status());
    }
  }

  /** The server itself would believe a header of its own, whatever number is in it. */
  @Test
  void aHeaderOfTheServersOwnIsIgnored() throws IOException {
    try (RawRequest odd = connect()) {
      odd.head(
          path("POST /api/revocations"),
          with(head("admin"), "Transfer-Encoding: chunked", "X-Content-Length: none"));
      assertEquals(400, odd.send("2\r\n{}\r\n0\r\n\r\n").read().status());
    }
  }

  @Test
  void anotherVersionOfWebSocketGetsAProblem() throws IOException {
    try (RawRequest old = connect()) {
      old.head(
          path("GET /ws"),
          with(
              head("alice"),
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Version: 12"));
      Answer refused = old.read();
      assertEquals(426, refused.status());
      assertEquals("13", refused.header("Sec-WebSocket-Version").orElse("none"));
      assertTrue(refused.body().contains("\"upgrade_required\""), refused.body());
    }
  }

  private Answer ask(String line, String body, String... head) throws IOException {
    try (RawRequest request = connect()) {
      request.head(path(line), with(head, "Content-Length: " + body.length())).send(body);
      Answer answer = request.read();
      assertFalse(answer.status() >= 500, answer.head());
      return answer;
    }
  }

  private RawRequest connect() throws IOException {
    return RawRequest.connect(gateway.server().uri("/"));
  }

  private static String path(String line) {
    return line.replace(" /", " /tidemark/");
  }

  private static String[] head(String account) {
    return account == null
        ? new String[] {ANY_BODY}
        : new String[] {JSON, "Authorization: " + WireClient.authorization(account)};
  }

  private static String[] with(String[] head, String... more) {
    return Stream.concat(Stream.of(head), Stream.of(more)).toArray(String[]::new);
  }
}
