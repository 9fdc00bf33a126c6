package dev.tidemark.testing.client;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A client that keeps one session across all failures of its connections, by the protocol's own
 * rules: it comes back with its cursor and epoch, checks every number itself (R4), takes a snapshot
 * when told to, and sends unacknowledged messages again (R10). Not thread-safe.
 */
public final class ResumingClient implements AutoCloseable {
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

  /** How a connection is opened. */
  @FunctionalInterface
  public interface Connector {
    /** Opens a socket; fails with a {@link RuntimeException} if it is refused. */
    WireClient connect(URI uri);
  }

  private URI uri;
  private final Connector connector;
  private final String sessionId;
  private final List<String> capabilities;
  private final List<Frame> events = new ArrayList<>();
  private final Map<String, String> unacknowledged = new LinkedHashMap<>();
  private final List<String> acknowledged = new ArrayList<>();
  private final List<String> resyncs = new ArrayList<>();
  private WireClient client;
  private String epoch;
  private long cursor;
  private int seen;
  private boolean refused;
  private long notBeforeNanos = System.nanoTime();
  private Set<String> tolerated = Set.of("unavailable", "restarting");

  private ResumingClient(
      URI uri, Connector connector, String sessionId, List<String> capabilities) {
    this.uri = uri;
    this.connector = connector;
    this.sessionId = sessionId;
    this.capabilities = capabilities;
  }

  /** Makes the session if it does not exist, and follows it from its first event. */
  public static ResumingClient open(
      URI uri, String account, String sessionId, String... capabilities) {
    return open(uri, to -> WireClient.connect(to, account), sessionId, capabilities);
  }

  /** As the other {@code open}, with another way to connect. */
  public static ResumingClient open(
      URI uri, Connector connector, String sessionId, String... capabilities) {
    return new ResumingClient(uri, connector, sessionId, List.of(capabilities));
  }

  /** Comes back after {@code internal} too, as after a gateway that fails on purpose. */
  public ResumingClient toleratingFailures() {
    tolerated = Set.of("unavailable", "restarting", "internal");
    return this;
  }

  public String sessionId() {
    return sessionId;
  }

  /** The cursor of the last event that this client holds. */
  public long cursor() {
    return cursor;
  }

  /**
   * The events that the client has seen, each once and in order, without those that a snapshot
   * stood for.
   */
  public List<Frame> events() {
    return List.copyOf(events);
  }

  /** The ids of the messages that were acknowledged. */
  public List<String> acknowledged() {
    return List.copyOf(acknowledged);
  }

  /** The reasons of all resyncs. */
  public List<String> resyncs() {
    return List.copyOf(resyncs);
  }

  public boolean hasUnacknowledged() {
    return !unacknowledged.isEmpty();
  }

  /**
   * Sends a message: now if there is a connection, and again after each reconnect until it is
   * acknowledged.
   */
  public void say(String content, String messageId, long tokenDelayMillis) {
    String frame =
        Json.createObjectBuilder()
            .add("type", "message")
            .add("content", content)
            .add("message_id", messageId)
            .add(
                "metadata",
                Json.createObjectBuilder()
                    .add(
                        "echo", Json.createObjectBuilder().add("token_delay_ms", tokenDelayMillis)))
            .build()
            .toString();
    unacknowledged.put(messageId, frame);
    if (client != null && client.closeCode().isEmpty()) {
      trySend(frame);
    }
  }

  /** Uses this address from the next reconnect on. */
  public void comeBackTo(URI address) {
    uri = address;
  }

  /** Cuts its own connection. */
  public void cut() {
    if (client != null) {
      client.cut();
    }
  }

  /**
   * Takes in the frames that have come, and reconnects if the connection is gone. Never blocks for
   * long; call it again and again.
   *
   * @throws AssertionError if a frame breaks R4
   */
  public void step() {
    if (client != null) {
      take();
    }
    if ((client == null || client.closeCode().isPresent())
        && System.nanoTime() - notBeforeNanos >= 0) {
      reconnect();
    }
  }

  private void reconnect() {
    notBefore(BETWEEN_ATTEMPTS);
    try {
      client = connector.connect(uri);
    } catch (RuntimeException refused) {
      client = null; // the server is away or restarting; the next step tries again
      return;
    }
    seen = 0;
    refused = false;
    JsonObjectBuilder join =
        Json.createObjectBuilder()
            .add("type", "join")
            .add("session_id", sessionId)
            .add("create", true)
            .add("since", cursor)
            .add("capabilities", Json.createArrayBuilder(capabilities));
    if (epoch != null) {
      join.add("epoch", epoch);
    }
    trySend(join);
    unacknowledged.values().forEach(this::trySend);
  }

  private void notBefore(Duration wait) {
    notBeforeNanos = System.nanoTime() + wait.toNanos();
  }

  private void trySend(String frame) {
    orCut(() -> client.send(frame));
  }

  private void trySend(JsonObjectBuilder frame) {
    orCut(() -> client.send(frame));
  }

  private void orCut(Runnable sending) {
    try {
      sending.run();
    } catch (RuntimeException gone) {
      client.cut();
    }
  }

  private void take() {
    client.requireValid();
    List<Frame> frames = client.frames();
    while (seen < frames.size() && !refused) {
      take(frames.get(seen++));
    }
  }

  private void take(Frame frame) {
    switch (frame.type()) {
      case "joined" -> epoch = frame.string("epoch");
      case "snapshot" -> {
        JsonObject json = frame.json();
        resyncs.add(json.getString("reason"));
        cursor = frame.number("event_cursor");
        epoch = json.getString("epoch");
      }
      case "message_ack" -> {
        String messageId = frame.string("message_id");
        if (unacknowledged.remove(messageId) != null) {
          acknowledged.add(messageId);
        }
      }
      case "error", "hello_error" -> {
        if (!tolerated.contains(frame.string("code"))) {
          throw new AssertionError(sessionId + ": " + frame.text());
        }
        // Refused messages are sent again after the reconnect; other refusals on this connection,
        // such as not_joined after a refused join, do not matter.
        refused = true;
        client.cut();
        if (frame.json().containsKey("retry_after_seconds")) {
          notBefore(Duration.ofSeconds(frame.number("retry_after_seconds")));
        }
      }
      default -> frame.seq().ifPresent(seq -> advance(frame, seq));
    }
  }

  private void advance(Frame frame, long seq) {
    if (frame.firstSeq().getAsLong() != cursor + 1) {
      throw new AssertionError(sessionId + " holds " + cursor + " and got " + frame.text());
    }
    cursor = seq;
    events.add(frame.event());
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
