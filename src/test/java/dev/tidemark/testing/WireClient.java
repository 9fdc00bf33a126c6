package dev.tidemark.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.wire.FrameSchema;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A client that does what it is told, notes every frame and validates each against {@code
 * docs/asyncapi.yaml}. Whoever waits, waits for a condition, with a deadline. It decides nothing: a
 * client that reconnects by itself is {@link ResumingClient}.
 */
public final class WireClient implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Object monitor = new Object();
  private final List<Frame> frames = new ArrayList<>();
  private final boolean reading;
  private final WebSocket socket;
  private AssertionError fault;
  private Integer closeCode;
  private String closeReason = "";
  private long parts;
  private long partsAwaited;

  private WireClient(URI uri, String account, boolean reading) {
    this.reading = reading;
    socket =
        HTTP.newWebSocketBuilder()
            .header("Authorization", authorization(account))
            .connectTimeout(PATIENCE)
            .buildAsync(uri, new Listener())
            .join();
  }

  /** Opens a socket; fails with a {@code WebSocketHandshakeException} as cause if it is refused. */
  public static WireClient connect(URI uri, String account) {
    return new WireClient(uri, account, true);
  }

  /** Opens a socket from which nothing is read until {@link #read}. */
  public static WireClient connectWithoutReading(URI uri, String account) {
    return new WireClient(uri, account, false);
  }

  /** The header that logs a development account in: its password is its name. */
  public static String authorization(String account) {
    return "Basic " + Base64.getEncoder().encodeToString((account + ":" + account).getBytes(UTF_8));
  }

  /** Lets the socket read so many more messages. */
  public void read(long messages) {
    socket.request(messages);
  }

  public WireClient send(String text) {
    socket.sendText(text, true).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    return this;
  }

  public WireClient send(JsonObjectBuilder frame) {
    return send(frame.build().toString());
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

  /** Makes a new session with that agent and returns its id. */
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

  /** Joins a session where a cursor left off. */
  public Frame join(String sessionId, long since) {
    return join(Json.createObjectBuilder().add("session_id", sessionId).add("since", since));
  }

  /**
   * Sends a {@code join} with these fields and waits for its answer: {@code joined} or {@code
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
    synchronized (monitor) {
      requireNoFault();
    }
  }

  /** Everything that has come so far. */
  public List<Frame> frames() {
    synchronized (monitor) {
      return List.copyOf(frames);
    }
  }

  /** The events that have come so far, live and replayed. */
  public List<Frame> events() {
    return frames().stream().filter(frame -> frame.seq().isPresent()).toList();
  }

  /** Waits for a frame of that type, the first one if it is there already. */
  public Frame await(String type) {
    return await(type, frame -> frame.is(type), 0);
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
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (monitor) {
      int next = fromIndex;
      while (true) {
        for (; next < frames.size(); next++) {
          if (matches.test(frames.get(next))) {
            return frames.get(next);
          }
        }
        requireNoFault();
        if (closeCode != null || !waitUntil(deadline)) {
          throw new AssertionError(
              "No "
                  + what
                  + (closeCode == null
                      ? " within " + PATIENCE
                      : ": closed with " + closeCode + " " + closeReason)
                  + "; got "
                  + summary());
        }
      }
    }
  }

  /** Waits for one more part of a text message, after {@link #read}. */
  public void awaitPart() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (monitor) {
      while (parts <= partsAwaited) {
        if (closeCode != null || !waitUntil(deadline)) {
          throw new AssertionError("Nothing more; got " + summary());
        }
      }
      partsAwaited++;
    }
  }

  /** Waits for the end of the connection and returns its close code. */
  public int awaitClose() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (monitor) {
      while (closeCode == null) {
        if (!waitUntil(deadline)) {
          throw new AssertionError("Not closed within " + PATIENCE + "; got " + summary());
        }
      }
      requireNoFault();
      return closeCode;
    }
  }

  /** The close code, once the connection has ended; 1006 if it ended without one. */
  public OptionalInt closeCode() {
    synchronized (monitor) {
      return closeCode == null ? OptionalInt.empty() : OptionalInt.of(closeCode);
    }
  }

  /** Drops the connection without a word, as a cut cable does. */
  public void cut() {
    socket.abort();
    ended(1006, "cut");
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

  @SuppressWarnings("WaitNotInLoop") // the callers loop over their conditions
  private boolean waitUntil(long deadline) {
    try {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (leftMillis <= 0) {
        return false;
      }
      monitor.wait(leftMillis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void requireNoFault() {
    if (fault != null) {
      throw fault;
    }
  }

  private String summary() {
    List<String> newest =
        frames.subList(Math.max(0, frames.size() - 8), frames.size()).stream()
            .map(Frame::text)
            .toList();
    return frames.size() + " frames, the newest: " + String.join("\n  ", newest);
  }

  private void received(String text) {
    synchronized (monitor) {
      frames.add(Frame.of(text));
      try {
        FrameSchema.requireServerFrame(text);
      } catch (AssertionError e) {
        fault = e;
      }
      monitor.notifyAll();
    }
  }

  private void ended(int code, String reason) {
    synchronized (monitor) {
      if (closeCode == null) {
        closeCode = code;
        closeReason = reason;
      }
      monitor.notifyAll();
    }
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
        received(partial.toString());
        partial.setLength(0);
      }
      synchronized (monitor) {
        parts++;
        monitor.notifyAll();
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      ended(code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      ended(1006, String.valueOf(error.getMessage()));
    }
  }
}
