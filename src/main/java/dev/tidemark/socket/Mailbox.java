package dev.tidemark.socket;

import dev.tidemark.concurrent.LinkedQueue;
import dev.tidemark.wire.FrameCost;
import dev.tidemark.wire.Utf8;
import java.util.Optional;

/**
 * The frames of a client that the gateway has not handled yet. Bounded, because the server goes on
 * reading regardless.
 */
final class Mailbox {
  private final int maxFrames;
  private final long maxBytes;
  private final LinkedQueue<Waiting> frames = new LinkedQueue<>();
  private long bytes;

  /**
   * A frame that waits.
   *
   * @param text its text; empty for a binary one
   * @param bytes its length in UTF-8
   * @param heapBytes the heap that it takes
   */
  record Waiting(Optional<String> text, long bytes, long heapBytes) {
    static Waiting of(Optional<String> text) {
      return new Waiting(
          text, text.map(Utf8::length).orElse(0L), FrameCost.ofText(text.orElse("")));
    }
  }

  Mailbox(int maxFrames, long maxBytes) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  /** Puts a frame aside. Returns false if it is full. */
  synchronized boolean offer(Waiting frame) {
    if (frames.size() >= maxFrames || bytes + frame.bytes() > maxBytes) {
      return false;
    }
    frames.add(frame);
    bytes += frame.bytes();
    return true;
  }

  /** Removes and returns the oldest frame; {@code null} if there is none. */
  synchronized Waiting poll() {
    Waiting frame = frames.poll();
    if (frame != null) {
      bytes -= frame.bytes();
    }
    return frame;
  }

  synchronized boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Drops all frames and returns the heap that they took. */
  synchronized long clear() {
    long heapBytes = 0;
    for (Waiting frame = poll(); frame != null; frame = poll()) {
      heapBytes += frame.heapBytes();
    }
    return heapBytes;
  }
}
