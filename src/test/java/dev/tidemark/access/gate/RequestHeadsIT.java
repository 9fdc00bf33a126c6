package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.RawRequest;
import dev.tidemark.testing.client.RawRequest.Answer;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.RefusalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads and forms that the server itself would fail at, or keep in memory, get a problem. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RequestHeadsIT {
  private static final int TARGET = 300;
  private static final int FAILURES = 4;
  private static final String BASIC = "Authorization: " + WireClient.authorization("alice");
  private static final String FORM = "application/x-www-form-urlencoded";

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            "request-heads",
            Map.of(
                "tidemark.access.page-target-bytes", "" + TARGET,
                "tidemark.access.failures-per-minute", "" + FAILURES,
                "tidemark.access.record-every-millis", "500"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** The server makes a filter for the first request of its paths only; this comes before. */
  @Test
  @Order(1)
  void aNodeIsGuardedFromItsFirstRequest() throws IOException {
    assertProblem(414, ask("127.0.10.1", "GET /tidemark/?q=" + "x".repeat(TARGET)));
  }

  @Test
  void theAddressOfAPageHasALength() throws IOException {
    String page = "/tidemark/?q=";
    String rest = "x".repeat(TARGET - page.length());
    assertEquals(200, ask("127.0.10.1", "GET " + page + rest).status());

    assertProblem(414, ask("127.0.10.1", "GET " + page + rest + "x"));
    assertProblem(414, ask("127.0.10.1", "GET /tidemark/" + rest + "/;" + rest + "?q=x"));
    assertProblem(414, ask("127.0.10.1", "GET /tidemark/?code=a&state=b&q=" + rest + rest));
    assertEquals(200, ask("127.0.10.1", "GET /tidemark/api/me?q=" + rest + rest, BASIC).status());
    assertProblem(414, ask("127.0.10.1", "GET /tidemark/ws?q=" + rest + rest, BASIC));
    RefusalRecord.await(gateway, 414, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/?code=a&state=b", "/login.html", "/api/me", "/ws", "/nothing"})
  void cookiesThatTheServerDoesNotReadGetAProblem(String path) throws IOException {
    assertProblem(400, ask("127.0.10.2", "GET /tidemark" + path, cookies(1_000), BASIC));
    assertTrue(ask("127.0.10.2", "GET /tidemark" + path, cookies(100), BASIC).status() < 500);
  }

  /** Each takes many times its bytes, for as long as the request waits for its body or a thread. */
  @Test
  void aPathHasSoManyParametersAndNoMore() throws IOException {
    assertEquals(200, ask("127.0.10.6", "GET /tidemark/api/me" + parameters(100), BASIC).status());
    assertProblem(400, ask("127.0.10.6", "GET /tidemark/api/me" + parameters(101), BASIC));
    assertProblem(
        400, ask("127.0.10.6", "POST /tidemark/api/me" + parameters(101), "Content-Length: 9"));
  }

  private static String parameters(int number) {
    return IntStream.range(0, number).mapToObj(i -> ";p" + i).collect(Collectors.joining());
  }

  /** Else a proxy in front could take the end of one request for the begin of another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6"
      })
  void aBodyWithTwoLengthsGetsAProblemAndEndsTheConnection(String headers) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), "127.0.10.3")) {
      Answer answer =
          request
              .head("POST /tidemark/api/backchannel-logout", headers, "Content-Type: " + FORM)
              .send("0\r\n\r\nGET /tidemark/api/me HTTP/1.1\r\nHost: x\r\n\r\n")
              .read();
      assertEquals(400, answer.status(), answer.head());
      assertTrue(request.hasNoMore());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.10.11, 415, multipart/form-data; boundary=x",
    "127.0.10.12, 415, multipart/form-data",
    "127.0.10.13, 415, text/plain",
    "127.0.10.14, 415, garbage",
    "127.0.10.15, 400, application/x-www-form-urlencoded",
    "127.0.10.16, 400, Application/X-WWW-Form-URLEncoded; charset=nonsense"
  })
  void aFormThatCannotBeReadGetsAProblemAndNoLine(String from, int status, String type)
      throws IOException {
    assertProblem(status, send(from, type, "j_username=alice&j_password=100%secret"));
    assertFalse(Files.readString(gateway.server().logFile()).contains("100%secret"));
  }

  @Test
  void aFormMayHaveAnyEncodingOfItsFields() throws IOException {
    Answer answer =
        send("127.0.10.5", FORM + "; charset=UTF-8", "&a&j_username=%61lice&j_password=alice");
    assertEquals(302, answer.status(), answer.head());
  }

  @Test
  void aFormOfAnotherKindCountsAsAFailure() throws IOException {
    for (int i = 0; i < FAILURES; i++) {
      assertProblem(415, send("127.0.10.4", "multipart/form-data; boundary=x", "--x"));
    }
    Answer refused = send("127.0.10.4", FORM, "j_username=alice&j_password=alice");
    assertEquals(429, refused.status(), refused.body());
    assertTrue(refused.body().contains("\"too_many_failures\""), refused.body());
  }

  private static String cookies(int number) {
    return "Cookie: "
        + IntStream.range(0, number)
            .mapToObj(i -> "c" + i + "=v")
            .collect(Collectors.joining("; "));
  }

  private static void assertProblem(int status, Answer answer) {
    assertEquals(status, answer.status(), answer.head() + answer.body());
    assertEquals("application/problem+json", answer.header("Content-Type").orElse("none"));
    assertTrue(answer.body().contains("\"invalid_request\""), answer.body());
    assertFalse(answer.head().contains("JSESSIONID"), answer.head());
  }

  private static Answer ask(String from, String line, String... headers) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), from)) {
      return request.head(line, headers).read();
    }
  }

  private static Answer send(String from, String type, String body) throws IOException {
    try (RawRequest request = RawRequest.connect(gateway.server().uri("/"), from)) {
      return request
          .head(
              "POST /tidemark/j_security_check",
              "Content-Type: " + type,
              "Content-Length: " + body.length())
          .send(body)
          .read();
    }
  }
}
