package dev.tidemark.testing.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The frames that one client has received, each validated against {@code docs/asyncapi.yaml}, and
 * the end of the connection. Every wait is for a condition, with a deadline.
 */
final class Inbox {
  private final Object monitor = new Object();
  private final List<Frame> frames = new ArrayList<>();
  private boolean takesBatches;
  private AssertionError fault;
  private Integer closeCode;
  private String closeReason = "";
  private long messages;
  private long parts;
  private long partsAwaited;

  /** From now on accepts several frames in a text message, a line each. */
  void takeBatches() {
    synchronized (monitor) {
      takesBatches = true;
    }
  }

  /** Takes in a whole text message. */
  void received(String text) {
    synchronized (monitor) {
      messages++;
      if (takesBatches) {
        text.lines().forEach(this::add);
      } else {
        add(text);
      }
      monitor.notifyAll();
    }
  }

  private void add(String text) {
    try {
      FrameSchema.requireServerFrame(text);
      frames.add(Frame.of(text));
    } catch (AssertionError e) {
      fault = e;
    }
  }

  /** Takes in a part of a text message. */
  void receivedPart() {
    synchronized (monitor) {
      parts++;
      monitor.notifyAll();
    }
  }

  void ended(int code, String reason) {
    synchronized (monitor) {
      if (closeCode == null) {
        closeCode = code;
        closeReason = reason;
      }
      monitor.notifyAll();
    }
  }

  List<Frame> frames() {
    synchronized (monitor) {
      return List.copyOf(frames);
    }
  }

  /** Returns the number of text messages that the frames came in. */
  long messages() {
    synchronized (monitor) {
      return messages;
    }
  }

  OptionalInt closeCode() {
    synchronized (monitor) {
      return closeCode == null ? OptionalInt.empty() : OptionalInt.of(closeCode);
    }
  }

  /**
   * @throws AssertionError if a frame came that the schema does not know
   */
  void requireValid() {
    synchronized (monitor) {
      if (fault != null) {
        throw fault;
      }
    }
  }

  /** Waits for a frame that matches, among those from an index on. */
  Frame await(String what, Predicate<Frame> matches, int fromIndex) {
    long deadline = deadline();
    synchronized (monitor) {
      int next = fromIndex;
      while (true) {
        for (; next < frames.size(); next++) {
          if (matches.test(frames.get(next))) {
            return frames.get(next);
          }
        }
        requireValid();
        if (closeCode != null || !waitUntil(deadline)) {
          throw new AssertionError(
              "No "
                  + what
                  + (closeCode == null
                      ? " within " + WireClient.PATIENCE
                      : ": closed with " + closeCode + " " + closeReason)
                  + "; got "
                  + summary());
        }
      }
    }
  }

  /** Waits for the next part of a text message, each call for one more. */
  void awaitPart() {
    long deadline = deadline();
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
  int awaitClose() {
    long deadline = deadline();
    synchronized (monitor) {
      while (closeCode == null) {
        if (!waitUntil(deadline)) {
          throw new AssertionError(
              "Not closed within " + WireClient.PATIENCE + "; got " + summary());
        }
      }
      requireValid();
      return closeCode;
    }
  }

  private static long deadline() {
    return System.nanoTime() + WireClient.PATIENCE.toNanos();
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop over their conditions
  private boolean waitUntil(long deadline) {
    try {
      long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
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

  private String summary() {
    List<String> newest =
        frames.subList(Math.max(0, frames.size() - 8), frames.size()).stream()
            .map(Frame::text)
            .map(text -> text.length() > 1_000 ? text.substring(0, 1_000) + "…" : text)
            .toList();
    return frames.size() + " frames, the newest: " + String.join("\n  ", newest);
  }
}
