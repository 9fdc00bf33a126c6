package dev.tidemark.socket;

import dev.tidemark.wire.Utf8;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The frames of a client that the gateway has not handled yet. Bounded, because the server goes on
 * reading regardless.
 */
final class Mailbox {
  private final int maxFrames;
  private final long maxBytes;
  private final ArrayDeque<Optional<String>> frames = new ArrayDeque<>();
  private long bytes;

  Mailbox(int maxFrames, long maxBytes) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  /** Puts a text frame aside; empty stands for a binary one. Returns false if it is full. */
  synchronized boolean offer(Optional<String> frame) {
    long size = frame.map(Utf8::length).orElse(0L);
    if (frames.size() >= maxFrames || bytes + size > maxBytes) {
      return false;
    }
    bytes += size;
    frames.addLast(frame);
    return true;
  }

  /** Removes and returns the oldest frame; {@code null} if there is none. */
  synchronized Optional<String> poll() {
    Optional<String> frame = frames.pollFirst();
    if (frame != null) {
      frame.ifPresent(text -> bytes -= Utf8.length(text));
    }
    return frame;
  }

  synchronized boolean isEmpty() {
    return frames.isEmpty();
  }

  synchronized void clear() {
    frames.clear();
    bytes = 0;
  }
}
