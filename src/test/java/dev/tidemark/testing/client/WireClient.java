package dev.tidemark.testing.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A client under a test's control that records every frame and validates it against {@code
 * docs/asyncapi.yaml}. Every wait is for a condition, with a deadline. It decides nothing: {@link
 * ResumingClient} is the client that reconnects by itself.
 */
public final class WireClient implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Inbox inbox = new Inbox();
  private final boolean reading;
  private final WebSocket socket;

  private WireClient(
      HttpClient http, URI uri, UnaryOperator<WebSocket.Builder> handshake, boolean reading) {
    this.reading = reading;
    socket =
        handshake
            .apply(http.newWebSocketBuilder().connectTimeout(PATIENCE))
            .buildAsync(uri, new Listener())
            .join();
  }

  /** Opens a socket; fails with a {@code WebSocketHandshakeException} as cause if it is refused. */
  public static WireClient connect(URI uri, String account) {
    return connect(uri, as(account));
  }

  /** Opens a socket with a customized handshake. */
  public static WireClient connect(URI uri, UnaryOperator<WebSocket.Builder> handshake) {
    return connect(HTTP, uri, handshake);
  }

  /** As the other {@code connect}, with what another HTTP client trusts. */
  public static WireClient connect(
      HttpClient http, URI uri, UnaryOperator<WebSocket.Builder> handshake) {
    return new WireClient(http, uri, handshake, true);
  }

  private static UnaryOperator<WebSocket.Builder> as(String account) {
    return handshake -> handshake.header("Authorization", authorization(account));
  }

  /** The subprotocol that the server has chosen; empty if none. */
  public String subprotocol() {
    return socket.getSubprotocol();
  }

  /** Opens a socket from which nothing is read until {@link #read}. */
  public static WireClient connectWithoutReading(URI uri, String account) {
    return new WireClient(HTTP, uri, as(account), false);
  }

  /** The header that logs a development account in: its password is its name. */
  public static String authorization(String account) {
    return "Basic " + Base64.getEncoder().encodeToString((account + ":" + account).getBytes(UTF_8));
  }

  /** Lets the socket read {@code messages} more messages. */
  public void read(long messages) {
    socket.request(messages);
  }

  public WireClient send(String text) {
    socket.sendText(text, true).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    return this;
  }

  /** Sends, unless the connection has ended or ends just now; returns whether it was sent. */
  public boolean trySend(String text) {
    try {
      send(text);
      return true;
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException) {
        return false;
      }
      throw e;
    }
  }

  public WireClient send(JsonObjectBuilder frame) {
    JsonObject json = frame.build();
    if (json.get("capabilities") instanceof JsonArray named
        && named.contains(Json.createValue("batch"))) {
      inbox.takeBatches();
    }
    return send(json.toString());
  }

  public WireClient sendBinary(byte[] bytes) {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    return this;
  }

  /** Sends a message that the echo agent answers at the given pace. */
  public WireClient say(String content, String messageId, long tokenDelayMillis) {
    return say(
        content,
        messageId,
        Json.createObjectBuilder()
            .add("echo", Json.createObjectBuilder().add("token_delay_ms", tokenDelayMillis)));
  }

  /** Sends a message with metadata for its agent. */
  public WireClient say(String content, String messageId, JsonObjectBuilder metadata) {
    return send(
        Json.createObjectBuilder()
            .add("type", "message")
            .add("content", content)
            .add("message_id", messageId)
            .add("metadata", metadata));
  }

  /** Makes a new session with that agent and returns the session's id. */
  public String createWith(String agentId) {
    return join(Json.createObjectBuilder().add("agent_id", agentId)).string("session_id");
  }

  /** Makes a new session and returns the {@code joined} frame. */
  public Frame create() {
    return join(Json.createObjectBuilder());
  }

  /** Joins a session without a cursor. */
  public Frame join(String sessionId) {
    return join(Json.createObjectBuilder().add("session_id", sessionId));
  }

  /** Joins a session from a cursor on, with these capabilities. */
  public Frame join(String sessionId, long since, String... capabilities) {
    return join(
        Json.createObjectBuilder()
            .add("session_id", sessionId)
            .add("since", since)
            .add("capabilities", Json.createArrayBuilder(List.of(capabilities))));
  }

  /**
   * Sends a {@code join} with these fields and waits for the reply: {@code joined} or {@code
   * error}.
   */
  public Frame join(JsonObjectBuilder fields) {
    int before = frames().size();
    send(fields.add("type", "join"));
    return await(
        "the answer to a join",
        frame -> frame.is("joined") || frame.is("error") || frame.is("hello_error"),
        before);
  }

  /**
   * @throws AssertionError if a frame came that the schema does not know
   */
  public void requireValid() {
    inbox.requireValid();
  }

  /** The frames received so far. */
  public List<Frame> frames() {
    return inbox.frames();
  }

  /** The number of text messages that the frames came in. */
  public long messages() {
    return inbox.messages();
  }

  /** The events received so far, live and replayed. */
  public List<Frame> events() {
    return frames().stream().filter(frame -> frame.seq().isPresent()).toList();
  }

  /** Waits for a frame of that type, the first one if it is there already. */
  public Frame await(String type) {
    return await(type, 0);
  }

  /** Waits for a frame of that type, among those from an index on. */
  public Frame await(String type, int fromIndex) {
    return await(type, frame -> frame.is(type), fromIndex);
  }

  /** Waits for an event of that type, live or replayed. */
  public Frame awaitEvent(String type) {
    return await("event " + type, frame -> frame.seq().isPresent() && frame.event().is(type), 0);
  }

  /** Waits for an event of that type after a cursor, live or replayed. */
  public Frame awaitEvent(long afterCursor, String type) {
    return await(
        "event " + type + " after " + afterCursor,
        frame ->
            frame.seq().isPresent()
                && frame.seq().getAsLong() > afterCursor
                && frame.event().is(type),
        0);
  }

  /** Waits for the event with this number. */
  public Frame awaitSeq(long seq) {
    return await(
        "seq " + seq, frame -> frame.seq().isPresent() && frame.seq().getAsLong() == seq, 0);
  }

  /** Waits for a frame that matches, among those from an index on. */
  public Frame await(String what, Predicate<Frame> matches, int fromIndex) {
    return inbox.await(what, matches, fromIndex);
  }

  /** Waits for one more part of a text message, after {@link #read}. */
  public void awaitPart() {
    inbox.awaitPart();
  }

  /** Waits for the end of the connection and returns its close code. */
  public int awaitClose() {
    return inbox.awaitClose();
  }

  /** Waits until a drain has sent this client away, and returns the last frame it got. */
  public Frame awaitSentAway() {
    int code = awaitClose();
    Frame last = await("error");
    if (code != 1012 || !last.string("code").equals("restarting")) {
      throw new AssertionError("closed with " + code + " after " + last);
    }
    return last;
  }

  /** The close code, once the connection has ended; 1006 if it ended without one. */
  public OptionalInt closeCode() {
    return inbox.closeCode();
  }

  /** Drops the connection without a word, as a cut cable does. */
  public void cut() {
    socket.abort();
    inbox.ended(1006, "cut");
  }

  @Override
  public void close() {
    if (closeCode().isEmpty()) {
      socket
          .sendClose(WebSocket.NORMAL_CLOSURE, "")
          .orTimeout(1, TimeUnit.SECONDS)
          .exceptionally(failure -> null)
          .join();
    }
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public void onOpen(WebSocket webSocket) {
      if (reading) {
        webSocket.request(Long.MAX_VALUE);
      }
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        inbox.received(partial.toString());
        partial.setLength(0);
      }
      inbox.receivedPart();
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      inbox.ended(code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      inbox.ended(1006, String.valueOf(error.getMessage()));
    }
  }
}
