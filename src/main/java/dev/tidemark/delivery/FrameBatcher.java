package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;

/**
 * Puts the frames of one client into text messages: one into each, or to a client that named {@code
 * batch} as many as are ready, a line each. Nothing waits in here: whoever adds frames sends before
 * it turns to something else. Of one thread at a time.
 */
final class FrameBatcher {
  private static final int FIRST_CHARACTERS = 1_024;

  private final ClientSink clientSink;
  private final long maxBytes;
  private StringBuilder lines;
  private long bytes;
  private int charactersBefore = FIRST_CHARACTERS;

  /**
   * @param maxBytes the size of a message of several frames; a larger frame goes alone, and with 0
   *     every frame does
   */
  FrameBatcher(ClientSink clientSink, long maxBytes) {
    this.clientSink = clientSink;
    this.maxBytes = maxBytes;
  }

  /**
   * Whether this frame may be added: to the message that is begun, or to a new one, if the client
   * has room for it. A message that it would make too large is sent.
   */
  boolean hasRoomFor(EncodedFrame frame) {
    if (bytes + 1 + frame.bytes() > maxBytes) {
      send();
    }
    return bytes > 0 || clientSink.hasRoom();
  }

  /** Whether this fits in a message of several frames. */
  boolean takes(EncodedFrame frames) {
    return frames.bytes() <= maxBytes;
  }

  /**
   * Sends frames that are lines already, after all others, as a message that is not copied.
   *
   * @return whether the client had room for it
   */
  boolean sendLines(EncodedFrame frames) {
    send();
    if (!clientSink.hasRoom()) {
      return false;
    }
    clientSink.send(frames);
    return true;
  }

  /** Adds a frame after all others. */
  void add(EncodedFrame frame) {
    if (bytes + 1 + frame.bytes() > maxBytes) {
      send();
      if (frame.bytes() >= maxBytes) {
        clientSink.send(frame);
        return;
      }
    }
    if (bytes == 0) {
      lines = new StringBuilder(charactersBefore);
    } else {
      lines.append('\n');
      bytes++;
    }
    lines.append(frame.text());
    bytes += frame.bytes();
  }

  /** Sends what was added. */
  void send() {
    if (bytes > 0) {
      charactersBefore = lines.length(); // the next is often as long
      clientSink.send(new EncodedFrame(lines.toString(), bytes));
      lines = null;
      bytes = 0;
    }
  }
}
