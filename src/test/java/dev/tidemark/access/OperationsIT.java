package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.Rest;
import dev.tidemark.testing.gateway.RestOperations;
import dev.tidemark.wire.ClientFrame;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Tries each role against each operation. The operations are read from the code, so an added
 * operation needs a line here.
 */
final class OperationsIT {
  /** The callers, each with an account and a kind of session. */
  private enum Who {
    NOBODY(null, "session"),
    OWNER("alice", "session"),
    WRITER("bob", "shared to write"),
    READER("bob", "shared to read"),
    STRANGER("bob", "session"),
    /** The owner's namesake in another tenant: for this caller there is no such session. */
    ELSEWHERE("bob", "of another tenant"),
    PUBLISHER("publisher", "session"),
    PUBLISHER_ELSEWHERE("publisher", "of another tenant"),
    AUDITOR("auditor", "session"),
    ADMIN("admin", "session"),
    OPERATOR("operator", "session");

    private final String account;
    private final String session;

    Who(String account, String session) {
      this.account = account;
      this.session = session;
    }
  }

  /**
   * The expected status for each {@link Who}, in that order. The provider's logout call is open to
   * all; the body sent here is no form. The last lines drain the node and let it go on.
   */
  private static final String REQUESTS =
      """
                                                   nobody owner writer reader stranger elsewhere publisher publisher_elsewhere auditor admin operator
      GET /me                                         401   200    200    200      200       200       200                 200     200   200   200
      POST /logout                                    401   204    204    204      204       204       204                 204     204   204   204
      GET /sessions                                   401   200    200    200      200       200       403                 403     403   403   403
      GET /sessions/{session_id}/members              401   200    403    403      404       404       403                 403     403   403   403
      PUT /sessions/{session_id}/members/{principal}  401   201    403    403      404       404       403                 403     403   403   403
      DELETE /sessions/{session_id}/members/{principal} 401 204    403    403      404       404       403                 403     403   403   403
      POST /sessions/{session_id}/events              401   403    403    403      403       403       201                 404     403   403   403
      POST /sessions/{session_id}/floor               401   403    403    403      403       403       403                 403     403   200   403
      GET /connections                                401   403    403    403      403       403       403                 403     403   200   403
      POST /revocations                               401   403    403    403      403       403       403                 403     403   201   403
      POST /tickets                                   401   200    200    200      200       200       403                 403     403   403   403
      POST /backchannel-logout                        415   415    415    415      415       415       415                 415     415   415   415
      GET /node                                       401   403    403    403      403       403       403                 403     200   200   200
      POST /node/drain                                401   403    403    403      403       403       403                 403     403   403   202
      POST /node/resume                               401   403    403    403      403       403       403                 403     403   403   204
      """;

  /** The bodies of the requests that have one. */
  private static final Map<String, String> BODIES =
      Map.of(
          "PUT /sessions/{session_id}/members/{principal}", "{\"access\":\"read\"}",
          "POST /sessions/{session_id}/events", "{\"type\":\"broadcast\",\"data\":{}}",
          "POST /sessions/{session_id}/floor", "{\"why\":\"a test\"}",
          "POST /revocations", "{\"principal\":\"nobody of that name\"}");

  /** The type of the reply, its code if it is an error, or the status of the handshake. */
  private static final String FRAMES =
      """
              nobody owner            writer           reader           stranger         elsewhere        publisher publisher_elsewhere auditor admin operator
      hello   401    hello_ok         hello_ok         hello_ok         no_such_session  no_such_session  403       403                 403     403   403
      join    401    joined           joined           joined           no_such_session  no_such_session  403       403                 403     403   403
      message 401    message_ack      message_ack      not_allowed      not_joined       not_joined       403       403                 403     403   403
      abort   401    no_running_turn  no_running_turn  not_allowed      not_joined       not_joined       403       403                 403     403   403
      leave   401    left             left             left             not_joined       not_joined       403       403                 403     403   403
      ping    401    pong             pong             pong             pong             pong             403       403                 403     403   403
      pong    401    nothing          nothing          nothing          nothing          nothing          403       403                 403     403   403
      auth    401    auth_unavailable auth_unavailable auth_unavailable auth_unavailable auth_unavailable 403       403                 403     403   403
      """;

  private static final Set<String> NO_ANSWERS = Set.of("replay_complete", "snapshot");

  private static Gateway gateway;
  private static Rest rest;

  @BeforeAll
  static void start() {
    gateway = Gateway.start("operations", Map.of());
    rest = new Rest(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void everyRequestThatCanBeMadeIsListed() {
    assertEquals(new TreeSet<>(table(REQUESTS).keySet()), RestOperations.all());
  }

  @Test
  void everyFrameThatAClientMaySendIsListed() {
    assertEquals(
        new TreeSet<>(table(FRAMES).keySet()),
        Arrays.stream(ClientFrame.class.getPermittedSubclasses())
            .map(type -> type.getSimpleName().toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @TestFactory
  List<DynamicTest> eachRoleGetsItsAnswer() {
    List<DynamicTest> tests = new ArrayList<>();
    table(FRAMES).forEach((type, answers) -> add(tests, type, answers, OperationsIT::say));
    table(REQUESTS).forEach((line, answers) -> add(tests, line, answers, OperationsIT::ask));
    return tests;
  }

  private interface Doing {
    String as(Who who, String operation);
  }

  private static void add(
      List<DynamicTest> tests, String operation, Map<Who, String> answers, Doing doing) {
    for (Who who : Who.values()) {
      tests.add(
          DynamicTest.dynamicTest(
              operation + " as " + who,
              () -> assertEquals(answers.get(who), doing.as(who, operation))));
    }
  }

  private static String ask(Who who, String operation) {
    int space = operation.indexOf(' ');
    String path =
        operation
            .substring(space + 1)
            .replace("{session_id}", sessionFor(who))
            .replace("{principal}", "carol");
    if (operation.startsWith("PUT ")) {
      path = path.replace("carol", "dave");
    }
    return String.valueOf(
        rest.send(
                Optional.ofNullable(who.account),
                operation.substring(0, space),
                path,
                Optional.ofNullable(BODIES.get(operation)))
            .statusCode());
  }

  private static String say(Who who, String type) {
    String sessionId = sessionFor(who);
    try (WireClient client = gateway.connect(who.account == null ? "nobody" : who.account)) {
      if (!type.equals("join") && !type.equals("hello")) {
        client.join(sessionId);
      }
      int before = client.frames().size();
      client.send(
          "{\"type\":\"%s\",\"session_id\":\"%s\",\"content\":\"x\",\"token\":\"x\"}"
              .formatted(type, sessionId));
      int pongs = type.equals("ping") ? 2 : 1;
      client.send("{\"type\":\"ping\"}");
      client.await(
          "all that was asked for",
          frame -> answers(client, before).filter(one -> one.equals("pong")).count() == pongs,
          0);
      List<String> answers = answers(client, before).toList();
      return answers.size() == 1 ? "nothing" : answers.get(0);
    } catch (CompletionException refused) {
      return String.valueOf(
          ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode());
    }
  }

  /** The types or codes of the frames from {@code from} on, without events and server pings. */
  private static Stream<String> answers(WireClient client, int from) {
    List<Frame> frames = client.frames();
    return frames.subList(from, frames.size()).stream()
        .filter(frame -> frame.seq().isEmpty() && !frame.is("ping"))
        .filter(frame -> !NO_ANSWERS.contains(frame.type()))
        .map(frame -> frame.string("code") == null ? frame.type() : frame.string("code"));
  }

  /** Creates a session to which the caller has the access that {@code who} names. */
  private static String sessionFor(Who who) {
    String sessionId = UUID.randomUUID().toString();
    boolean here = !who.session.equals("of another tenant");
    gateway
        .database()
        .execute(
            """
            with made as (
              insert into tidemark.session (session_id, tenant, agent_id, owner) values ('%s', '%s', 'echo', '%s') returning session_key),
            head as (
              insert into tidemark.session_head (session_key, floor_at) select session_key, now() from made)
            insert into tidemark.session_state (session_key) select session_key from made"""
                .formatted(sessionId, here ? "default" : "other", here ? "alice" : "bob"));
    share(sessionId, "carol", true);
    if (who.session.startsWith("shared")) {
      share(sessionId, "bob", who.session.endsWith("write"));
    }
    return sessionId;
  }

  private static void share(String sessionId, String principal, boolean mayWrite) {
    gateway
        .database()
        .execute(
            """
            insert into tidemark.session_member (session_key, principal, may_write, added_by)
            select session_key, '%s', %s, owner from tidemark.session where session_id = '%s'"""
                .formatted(principal, mayWrite, sessionId));
  }

  /** Parses the rows by name, in their order; the first line names the columns. */
  private static Map<String, Map<Who, String>> table(String text) {
    List<String> lines = text.lines().toList();
    assertEquals(
        Arrays.stream(Who.values()).map(who -> who.name().toLowerCase(Locale.ROOT)).toList(),
        List.of(lines.get(0).strip().split(" +", -1)));
    Map<String, Map<Who, String>> rows = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> words = List.of(line.strip().split(" +", -1));
      int names = words.size() - Who.values().length;
      Map<Who, String> answers = new EnumMap<>(Who.class);
      int column = names;
      for (Who who : Who.values()) {
        answers.put(who, words.get(column));
        column++;
      }
      rows.put(String.join(" ", words.subList(0, names)), answers);
    }
    return rows;
  }
}
