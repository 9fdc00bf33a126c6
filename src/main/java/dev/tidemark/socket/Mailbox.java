package dev.tidemark.socket;

import dev.tidemark.concurrent.LinkedQueue;
import dev.tidemark.wire.FrameCost;
import dev.tidemark.wire.Utf8;
import java.util.Optional;

/**
 * The frames of a client that the gateway has not handled yet. Bounded, because the server goes on
 * reading regardless. Large ones that came too fast are held back until their socket is read again.
 */
final class Mailbox {
  private final int maxFrames;
  private final long maxBytes;
  private final LinkedQueue<Waiting> frames = new LinkedQueue<>();
  private long bytes;

  /** So many of the oldest frames are not held back. */
  private int free;

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

  /**
   * Puts a frame aside. Returns false if it is full.
   *
   * @param held whether it is held back until {@link #release}; one behind such a frame is too
   */
  synchronized boolean offer(Waiting frame, boolean held) {
    if (frames.size() >= maxFrames || bytes + frame.bytes() > maxBytes) {
      return false;
    }
    frames.add(frame);
    bytes += frame.bytes();
    if (!held && free == frames.size() - 1) {
      free++;
    }
    return true;
  }

  /** Holds back none of the frames any more that are here now. */
  synchronized void release() {
    free = frames.size();
  }

  /** Whether there is a frame for {@link #poll}. */
  synchronized boolean hasNext() {
    return free > 0;
  }

  /** Removes and returns the oldest frame; {@code null} if there is none or it is held back. */
  synchronized Waiting poll() {
    if (free == 0) {
      return null;
    }
    Waiting frame = frames.poll();
    free--;
    bytes -= frame.bytes();
    return frame;
  }

  synchronized boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Drops all frames and returns the heap that they took. */
  synchronized long clear() {
    release();
    long heapBytes = 0;
    for (Waiting frame = poll(); frame != null; frame = poll()) {
      heapBytes += frame.heapBytes();
    }
    return heapBytes;
  }
}
