package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;

/**
 * Puts the frames of one client into text messages: one frame each, or for a client that named
 * {@code batch} all frames that are ready, a line each. No frame waits in here: a caller that has
 * added frames calls {@link #send} before it does anything else. Used by one thread at a time.
 */
final class FrameBatcher {
  private static final int FIRST_CHARACTERS = 1_024;

  private final ClientSink clientSink;
  private final long maxBytes;
  private StringBuilder lines;
  private long bytes;
  private int lastCharacters = FIRST_CHARACTERS;

  /**
   * @param maxBytes the size limit of a message of several frames; a larger frame goes alone, and
   *     with 0 every frame does
   */
  FrameBatcher(ClientSink clientSink, long maxBytes) {
    this.clientSink = clientSink;
    this.maxBytes = maxBytes;
  }

  /**
   * Whether this frame may be added to the begun message, or to a new one if the client has room
   * for it, and the node has memory for the message. A begun message that the frame would make too
   * large is sent.
   */
  boolean hasRoomFor(EncodedFrame frame) {
    if (bytes + 1 + frame.bytes() > maxBytes) {
      send();
    }
    return (bytes > 0 || clientSink.hasRoom()) && clientSink.hasMemoryFor(bytes + frame.bytes());
  }

  /** Whether these frames fit in one message. */
  boolean fits(EncodedFrame frames) {
    return frames.bytes() <= maxBytes;
  }

  /**
   * Sends frames that are lines already as a message of their own, without copying it, after the
   * frames that were added.
   *
   * @return whether the client had room and the node memory for it
   */
  boolean sendLines(EncodedFrame frames) {
    send();
    if (!clientSink.hasRoom() || !clientSink.hasMemoryFor(frames.bytes())) {
      return false;
    }
    clientSink.send(frames);
    return true;
  }

  /** Adds a frame; the caller has asked whether there is room for it. */
  void add(EncodedFrame frame) {
    if (bytes + 1 + frame.bytes() > maxBytes) {
      send();
      if (frame.bytes() >= maxBytes) {
        clientSink.send(frame);
        return;
      }
    }
    if (bytes == 0) {
      lines = new StringBuilder(lastCharacters);
    } else {
      lines.append('\n');
      bytes++;
    }
    lines.append(frame.text());
    bytes += frame.bytes();
  }

  /** Sends the added frames. */
  void send() {
    if (bytes > 0) {
      lastCharacters = lines.length(); // the next message is often as long
      clientSink.send(new EncodedFrame(lines.toString(), bytes));
      lines = null;
      bytes = 0;
    }
  }
}
