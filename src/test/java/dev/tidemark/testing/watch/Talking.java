package dev.tidemark.testing.watch;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.WireClient;
import jakarta.json.Json;
import java.net.URI;

/**
 * The socket of a neighbour who sends one message after the other, each when the last is answered.
 */
final class Talking implements AutoCloseable {
  /** So many that opening the next one is not what their p99 shows. */
  private static final int MESSAGES_OF_A_SOCKET = 1_000;

  private final URI uri;
  private final String account;
  private final String sessionId;
  private final String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
  private WireClient client;
  private int sent;

  Talking(URI uri, String account, String sessionId) {
    this.uri = uri;
    this.account = account;
    this.sessionId = sessionId;
  }

  /** Opens a socket, which replaces the one before: a client keeps every frame that it got. */
  private void open() {
    close();
    client = WireClient.connect(uri, account);
    join(client, sessionId, false);
  }

  void say() {
    if (sent % MESSAGES_OF_A_SOCKET == 0 || client.closeCode().isPresent()) {
      open();
    }
    String messageId = run + "-" + sent++;
    int before = client.frames().size();
    client.say("how are you", messageId, 0);
    Frame answer =
        client.await(
            "the response to " + messageId,
            frame -> isRefusal(frame) || isResponse(frame, messageId),
            before);
    if (isRefusal(answer)) {
      throw new IllegalStateException(answer.text());
    }
  }

  /** Joins from the start of the session, or from its head. */
  static void join(WireClient client, String sessionId, boolean replay) {
    var join = Json.createObjectBuilder().add("session_id", sessionId).add("create", true);
    if (replay) {
      join.add("since", 0);
    }
    Frame joined = client.join(join);
    if (!joined.is("joined")) {
      throw new IllegalStateException(joined.text());
    }
    client.await("replay_complete");
  }

  private static boolean isRefusal(Frame frame) {
    return frame.is("error") || frame.is("hello_error");
  }

  private static boolean isResponse(Frame frame, String messageId) {
    return frame.is("response")
        && frame.json().getJsonObject("data").getString("message_id").equals(messageId);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
