package dev.tidemark.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.AdvisoryGate;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import dev.tidemark.testing.gateway.Gateway;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;

/** Common steps of the protocol tests, with the gateway that they share. */
final class Scene {

  /** A number of large messages whose events overflow all buffers between gateway and client. */
  static final int LARGE_MESSAGES = 16;

  private static final int LARGE = 700_000;

  private final Gateway gateway = Gateway.shared();

  WireClient alice() {
    return gateway.connect("alice");
  }

  /** Connects a client that reads nothing until it is told to. */
  WireClient aliceNotReading() {
    return WireClient.connectWithoutReading(gateway.server().socketUri("/ws"), "alice");
  }

  WireClient bob() {
    return gateway.connect("bob");
  }

  Gateway gateway() {
    return gateway;
  }

  TestDatabase database() {
    return gateway.database();
  }

  /** Makes a session of Alice's in which these contents were said and answered. */
  String sessionWith(String... contents) {
    try (WireClient client = alice()) {
      String sessionId = client.create().string("session_id");
      for (int i = 0; i < contents.length; i++) {
        ask(client, contents[i], "said-" + (i + 1));
      }
      return sessionId;
    }
  }

  /** Makes a session of Alice's with some 30 MB of events. */
  String sessionLargerThanTheBuffers() {
    try (WireClient client = alice()) {
      String sessionId = client.create().string("session_id");
      fillBuffers(client);
      awaitQuiet(sessionId, LARGE_MESSAGES);
      return sessionId;
    }
  }

  void fillBuffers(WireClient client) {
    for (int i = 1; i <= LARGE_MESSAGES; i++) {
      client.say("x".repeat(LARGE), "large-" + i, 0);
      awaitAck(client, "large-" + i); // more at once would overflow the gateway's mailbox
    }
  }

  /** Says something and waits for the end of the turn that answers it. */
  static Frame ask(WireClient client, String content, String messageId) {
    int before = client.frames().size();
    client.say(content, messageId, 0);
    return awaitTurnEnd(client, before);
  }

  /** Waits for the next {@code stream_end} among the frames from an index on. */
  static Frame awaitTurnEnd(WireClient client, int fromIndex) {
    return client.await("stream_end", frame -> isEvent(frame, "stream_end"), fromIndex);
  }

  static Frame awaitAck(WireClient client, String messageId) {
    return client.await(
        "message_ack of " + messageId,
        frame -> frame.is("message_ack") && messageId.equals(frame.string("message_id")),
        0);
  }

  /** Waits until the gateway has handled all that the client has sent. */
  static void awaitPong(WireClient client) {
    int before = client.frames().size();
    client.send("{\"type\":\"ping\"}");
    client.await("pong", before);
  }

  static boolean isEvent(Frame frame, String type) {
    return frame.seq().isPresent() && frame.event().is(type);
  }

  /** Says something to which the turn fails after {@code failAfter} words. */
  static void sayFailing(WireClient client, String content, String messageId, int failAfter) {
    client.send(
        Json.createObjectBuilder()
            .add("type", "message")
            .add("content", content)
            .add("message_id", messageId)
            .add(
                "metadata", echo(Json.createObjectBuilder().add("fail_after", failAfter).build())));
  }

  private static JsonObject echo(JsonObject wishes) {
    return Json.createObjectBuilder().add("echo", wishes).build();
  }

  /** Waits until {@code messages} messages were said in a session and all its turns are over. */
  void awaitQuiet(String sessionId, long messages) {
    Awaitility.await("the turns of " + messages + " messages")
        .atMost(WireClient.PATIENCE.multipliedBy(2))
        .until(
            () ->
                count(sessionId, "turn", "status not in ('queued', 'running')") >= messages
                    && count(sessionId, "turn", "status in ('queued', 'running')") == 0);
  }

  /** Counts rows of a session in one of its tables. */
  long count(String sessionId, String table, String condition) {
    return database()
        .value(
            Long.class,
            "select count(*) from tidemark.%s x join tidemark.session s using (session_key) where s.session_id = ? and %s"
                .formatted(table, condition),
            sessionId);
  }

  long sessionsNamed(String sessionId) {
    return database()
        .value(Long.class, "select count(*) from tidemark.session where session_id = ?", sessionId);
  }

  long sessionKey(String sessionId) {
    return database()
        .value(
            Long.class, "select session_key from tidemark.session where session_id = ?", sessionId);
  }

  /** Holds each transaction that records a message in this session back at its commit. */
  AdvisoryGate gateAtCommitOfMessages(String sessionId) throws SQLException {
    return AdvisoryGate.atCommit(
        database(), "tidemark.message", "new.session_key = " + sessionKey(sessionId));
  }

  /** Begins a new epoch, as a DBA would, and returns its id. */
  String beginEpoch() {
    return database().value(UUID.class, "select tidemark.begin_epoch('a test')").toString();
  }

  /** Raises all floors by age and by count. */
  void purge(String replayAge, long replayEvents) {
    database()
        .rows(
            "select * from tidemark.raise_floors('a test', cast(? as interval), ?, 1000)",
            replayAge,
            replayEvents);
  }

  long head(String sessionId) {
    return database().log(sessionId).size();
  }

  static List<Long> seqs(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.seq().isPresent())
        .map(frame -> frame.seq().getAsLong())
        .toList();
  }

  static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  /** Asserts that a client saw exactly the log from a cursor on, and nothing twice. */
  void assertSawLogFrom(WireClient client, String sessionId, long baseline) {
    List<Logged> log = database().log(sessionId);
    assertEquals(
        log.stream().skip(baseline).map(e -> e.cursor() + " " + e.eventId()).toList(),
        client.events().stream()
            .map(f -> f.seq().getAsLong() + " " + f.event().string("event_id"))
            .toList());
  }

  static List<String> types(List<Frame> frames) {
    return frames.stream().map(Frame::type).toList();
  }
}
