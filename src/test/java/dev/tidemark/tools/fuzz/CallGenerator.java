package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.RestOperations;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Makes up each call of a seed: every operation of the gateway, and whatever else HTTP can say. */
final class CallGenerator {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get");
  private static final List<String> OTHER_PATHS =
      List.of(
          "/",
          "/index.html",
          "/ws",
          "/api",
          "/api/",
          "/api//me",
          "/api/me/",
          "/api/nothing",
          "/api/me;jsessionid=x",
          "/api/%6de",
          "/api/%00",
          "/api/%ff",
          "/api/%",
          "/api/..%2f..",
          "/api/../WEB-INF/web.xml",
          "/%2e%2e/",
          "/WEB-INF/web.xml",
          "/js/app.js",
          "/js/nothing.js",
          "/login.html",
          "/j_security_check",
          "/api/sessions?x=%f0%9f%8c%8a",
          "/?code=1&state=1",
          "/api/me?access_token=x",
          "/api/connections?principal=%00",
          "/api/sessions/%2e%2e/floor");
  private static final List<String> ACCOUNTS =
      List.of("alice", "mallory", "eve", "publisher", "publisher", "auditor", "admin");
  private static final List<String> NAMES =
      List.of("alice", "mallory", "eve", "nobody", "x%20y", "%00", "%f0%9f%8c%8a", ".", "%2F");

  private static final List<String> HEADERS =
      List.of(
          "Accept: application/xml",
          "Accept: */*;q=x",
          "Accept-Encoding: gzip, br;q=0.001",
          "Accept-Language: " + "xx,".repeat(800),
          "Content-Encoding: gzip",
          "Content-Type: text/plain; charset=utf-7",
          "Content-Type: multipart/form-data; boundary=x",
          "Content-Type: \u00ff",
          "Cookie: JSESSIONID=" + "A".repeat(40),
          "Cookie: " + "a=b; ".repeat(500),
          "Origin: https://evil.example.com",
          "Origin: null",
          "Sec-Fetch-Site: cross-site",
          "Access-Control-Request-Method: PUT",
          "Range: bytes=0-1,5-2",
          "If-None-Match: *",
          "If-Modified-Since: yesterday",
          "Upgrade: h2c",
          "Connection: close",
          "X-Forwarded-For: 1.2.3.4, \u00e9",
          "X-Forwarded-Proto: gopher",
          "Forwarded: for=\"[",
          "X-HTTP-Method-Override: DELETE",
          "X-Long: " + "x".repeat(9_000),
          "No-Colon",
          ": no name",
          " folded");

  private final long seed;
  private final List<String> operations;

  CallGenerator(long seed) {
    this.seed = seed;
    operations = new ArrayList<>(RestOperations.all());
  }

  HostileCall call(long number) {
    Dice dice = Dice.of(seed, "call", number);
    String operation = dice.oneOf(operations);
    String method = operation.substring(0, operation.indexOf(' '));
    String path = "/api" + filled(dice, operation.substring(operation.indexOf(' ') + 1));
    if (dice.onceIn(6)) {
      method = dice.oneOf(METHODS);
    }
    if (dice.onceIn(6)) {
      path = dice.oneOf(OTHER_PATHS);
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(" /tidemark").append(path);
    head.append(dice.onceIn(100) ? dice.oneOf(" HTTP/1.0", " HTTP/9.9", "") : " HTTP/1.1");
    head.append("\r\n").append(dice.onceIn(100) ? "" : "Host: 127.0.0.1\r\n");
    credentials(head, dice, path);
    while (dice.onceIn(3)) {
      head.append(dice.oneOf(HEADERS)).append("\r\n");
    }
    return body(number, dice, method, head);
  }

  /** Puts names where the path has parameters. */
  private static String filled(Dice dice, String path) {
    String sessionId = dice.onceIn(10) ? dice.oneOf(NAMES) : ProtocolFrames.session(dice);
    return path.replace("{session_id}", sessionId)
        .replace("{principal}", dice.oneOf(NAMES))
        .replaceAll("\\{[^}]*}", "x");
  }

  /** An administrator drains no node here: that would end the fuzz. */
  private static void credentials(StringBuilder head, Dice dice, String path) {
    String account = dice.oneOf(ACCOUNTS);
    boolean drains = path.contains("drain") || path.contains("node");
    switch (dice.below(12)) {
      case 0 -> {}
      case 1 -> head.append("Authorization: Basic ").append(dice.oneOf("", "=", "YWxpY2U6eA=="));
      case 2 -> head.append("Authorization: Bearer ").append(dice.oneOf("", "x", "a.b.c"));
      default ->
          head.append("Authorization: ")
              .append(
                  WireClient.authorization(
                      drains && account.equals("admin") ? "auditor" : account));
    }
    if (head.charAt(head.length() - 1) != '\n') {
      head.append("\r\n");
    }
  }

  private static HostileCall body(long number, Dice dice, String method, StringBuilder head) {
    byte[] body = CallBodies.of(dice);
    boolean takesBody = List.of("POST", "PUT", "PATCH").contains(method) || dice.onceIn(20);
    boolean whole = true;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!takesBody) {
      bytes.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
      return new HostileCall(number, method, bytes.toByteArray(), true);
    }
    if (dice.onceIn(2)) {
      head.append("Content-Type: application/json\r\n");
    }
    int kind = dice.below(20);
    if (kind == 0) { // more is promised than comes
      head.append("Content-Length: ").append(body.length + 7).append("\r\n\r\n");
      whole = false;
    } else if (kind == 1) {
      head.append("Content-Length: ").append(dice.oneOf("-1", "x", "99999999999999999999"));
      head.append("\r\n\r\n");
    } else if (kind <= 5) {
      head.append("Transfer-Encoding: chunked\r\n");
      head.append(kind == 2 ? "Content-Length: 3\r\n\r\n" : "\r\n");
      body = CallBodies.chunked(dice, body);
      whole = kind != 2;
    } else {
      head.append(kind == 6 ? "Expect: 100-continue\r\n" : "");
      head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    }
    bytes.writeBytes(head.toString().getBytes(ISO_8859_1));
    bytes.writeBytes(body);
    return new HostileCall(number, method, bytes.toByteArray(), whole);
  }
}
