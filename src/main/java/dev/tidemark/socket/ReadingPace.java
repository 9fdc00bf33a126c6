package dev.tidemark.socket;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * Reads from a socket no faster than its principal may send, on all its sockets together. While it
 * pauses, the client's own window of TCP fills, so nothing is lost and no thread waits. A frame
 * that has begun is read to its end, so a frame of each of many sockets may come at once: a large
 * one is held back as long. The server's I/O thread owns it.
 */
final class ReadingPace {
  /** What a socket that is read again counts at once, and the largest frame that never waits. */
  static final long RESERVED_BYTES = 16_384;

  /** The quota counts nothing more of one who is a little further ahead. */
  private static final long MOST_AHEAD_NANOS = Duration.ofSeconds(9).toNanos();

  private final RawChannel channel;
  private final LongSupplier nanosAhead;
  private final LongUnaryOperator countBytes;
  private final BiConsumer<Duration, Runnable> after;
  private final PauseLength pauseLength = new PauseLength();
  private BooleanSupplier isOpen = () -> true;
  private Runnable whenRead = () -> {};

  /** Written by the I/O thread; the server may be one that calls back on others. */
  private volatile boolean pauses;

  /** The bytes that are counted already. */
  private long reserved;

  /** The bytes that were read and are not counted yet. */
  private long owed;

  /**
   * @param nanosAhead the time for which nothing should be read from the principal
   * @param countBytes counts bytes of the principal, and says the same
   * @param after runs a short task after a delay, on any thread
   */
  ReadingPace(
      RawChannel channel,
      LongSupplier nanosAhead,
      LongUnaryOperator countBytes,
      BiConsumer<Duration, Runnable> after) {
    this.channel = channel;
    this.nanosAhead = nanosAhead;
    this.countBytes = countBytes;
    this.after = after;
  }

  /**
   * Reads nothing yet if the principal is ahead of its pace.
   *
   * @param stillOpen called while the socket is not read, when nothing can be heard from its
   *     client; says whether to go on like this
   * @param readAgain called on the I/O thread when a pause is over
   */
  void begin(BooleanSupplier stillOpen, Runnable readAgain) {
    isOpen = stillOpen;
    whenRead = readAgain;
    channel.onIoThread(() -> pauseFor(nanosAhead.getAsLong())); // once it reads
  }

  /**
   * Counts bytes that were read. If they were too many, reads nothing for a while but the rest of a
   * frame that has begun.
   */
  void count(long bytes) {
    long more = Math.max(0, bytes - reserved);
    reserved -= Math.min(reserved, bytes);
    long ahead = nanosAhead.getAsLong();
    if (ahead > MOST_AHEAD_NANOS) {
      owed += more;
      pauseFor(ahead);
    } else {
      pauseFor(countBytes.applyAsLong(more));
    }
  }

  /** Whether nothing is read for now. */
  boolean isPaused() {
    return pauses;
  }

  /** The server may have begun to read after the pause had: its handshake ends when it likes. */
  private void pauseFor(long nanos) {
    if (pauses) {
      channel.suspend();
    } else if (nanos > 0 && channel.canSuspend()) {
      pause(nanos);
    }
  }

  /** In this order: what throws leaves a socket that is read. */
  private void pause(long nanos) {
    waitFor(nanos);
    pauses = true;
    channel.suspend();
  }

  private void waitFor(long nanos) {
    after.accept(pauseLength.next(nanos), this::look);
  }

  /** Nobody else would read the socket again. */
  private void look() {
    try {
      channel.onIoThread(this::goOn);
    } catch (RuntimeException | Error e) {
      waitFor(0);
      throw e;
    }
  }

  /**
   * Another socket of the principal may have been first: who goes on counts some bytes at once, so
   * that not all do at the same moment; as many as it has not counted and not read before, and what
   * it owes.
   */
  private void goOn() {
    boolean waits = false;
    try {
      long ahead = isOpen.getAsBoolean() ? nanosAhead.getAsLong() : 0;
      if (ahead > 0) {
        waitFor(ahead);
        waits = true;
      }
    } finally {
      if (!waits) {
        readAgain();
      }
    }
  }

  private void readAgain() {
    try {
      channel.resume();
    } catch (RuntimeException | Error e) { // it is not read, and nobody else would try again
      waitFor(0);
      throw e;
    }
    pauses = false;
    pauseLength.reset();
    try {
      long more = RESERVED_BYTES - reserved + owed;
      reserved = RESERVED_BYTES;
      owed = 0;
      var unused = countBytes.applyAsLong(more);
    } finally {
      whenRead.run();
    }
  }
}
