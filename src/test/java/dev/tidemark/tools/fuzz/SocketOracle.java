package dev.tidemark.tools.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.testing.client.FrameSchema;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the gateway may say to one connection, however hostile: frames of the protocol, numbered
 * without a gap (R4), never {@code internal}, and a close code that blames the client.
 */
final class SocketOracle {
  /** Closes that a client can bring about; the others say that the gateway has failed or ends. */
  private static final Set<Integer> CLOSE_CODES =
      Set.of(1000, 1002, 1003, 1007, 1009, 1013, 4001, 4002, 4003, 4028, 4029);

  private static final int NO_CODE = 1005;

  /** A close with any code may be answered with the same one. */
  private final Set<Integer> sent = new HashSet<>();

  private final Tallies tallies;
  private long last = -1;
  private long texts;
  private int pongs;
  private int closeCode = -1;

  SocketOracle(Tallies tallies) {
    this.tallies = tallies;
  }

  /** The client may have closed, so that the server repeats the client's code. */
  void mayRepeat(int code) {
    sent.add(code);
  }

  /** The number of pongs of the protocol that came. */
  int pongs() {
    return pongs;
  }

  OptionalInt closeCode() {
    return closeCode < 0 ? OptionalInt.empty() : OptionalInt.of(closeCode);
  }

  /** Judges a message of the server: a frame, or several in lines. */
  void text(String text) {
    if (closeCode >= 0) {
      throw new AssertionError("after its close " + closeCode + " the server said " + text);
    }
    text.lines().forEach(this::frame);
  }

  private void frame(String text) {
    JsonNode frame;
    try {
      frame = FrameSchema.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("The server sent what is no JSON: " + text, e);
    }
    String type = frame.path("type").asText();
    if (!frame.has("seq") || texts++ % 50 == 0) { // a schema takes longer than the server does
      FrameSchema.requireServerFrame(text);
    }
    switch (type) {
      case "hello_ok", "joined", "left" -> last = -1;
      case "snapshot" -> last = frame.get("event_cursor").asLong();
      case "pong" -> pongs++;
      case "error", "hello_error" -> refused(frame.get("code").asText(), text);
      default -> number(frame, text);
    }
  }

  private void refused(String code, String text) {
    tallies.count("socket " + code);
    if (code.equals("internal")) {
      throw new AssertionError(text);
    }
  }

  private void number(JsonNode frame, String text) {
    if (!frame.has("seq")) {
      return;
    }
    long first = frame.has("from_seq") ? frame.get("from_seq").asLong() : frame.get("seq").asLong();
    if (last >= 0 && first != last + 1) {
      throw new AssertionError("after " + last + " came " + text);
    }
    last = frame.get("seq").asLong();
  }

  /** Judges the server's close. */
  void closed(byte[] payload) {
    closeCode = payload.length < 2 ? NO_CODE : ByteBuffer.wrap(payload).getShort() & 0xffff;
    tallies.count("close " + closeCode);
    if (closeCode != NO_CODE && !CLOSE_CODES.contains(closeCode) && !sent.contains(closeCode)) {
      throw new AssertionError("the server closed with " + closeCode);
    }
  }
}
