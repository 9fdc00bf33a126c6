package dev.tidemark.socket;

import dev.tidemark.access.limit.Charge;
import java.util.Optional;

/**
 * The text message that a client is sending, put together from the parts that have arrived. The
 * server's callback adds parts, one at a time; any thread may drop them. So all state is guarded by
 * the monitor, which is not held while the charge takes, because that may end other connections.
 */
final class PartialFrame {
  /** A growing text is at times held twice, with as much room again. */
  private static final int GROWTH = 4;

  private final Charge charge;
  private final StringBuilder text = new StringBuilder();
  private long bytes;
  private long charged;
  private boolean dropped;

  PartialFrame(Charge charge) {
    this.charge = charge;
  }

  /** The length in UTF-8 with a part of this length. */
  synchronized long bytesWith(long partBytes) {
    return bytes + partBytes;
  }

  /**
   * Adds a part that is not the last; false if there is no heap for it.
   *
   * @param partBytes its length in UTF-8
   */
  boolean add(String part, long partBytes) {
    long heapBytes = (long) GROWTH * part.length();
    if (!charge.take(heapBytes)) {
      return false;
    }
    keep(part, partBytes, heapBytes);
    return true;
  }

  private synchronized void keep(String part, long partBytes, long heapBytes) {
    if (dropped) {
      charge.give(heapBytes);
      return;
    }
    text.append(part);
    bytes += partBytes;
    charged += heapBytes;
  }

  /**
   * Ends the message with its last part. What was charged for the parts goes to the whole, which is
   * charged less; a message of one part is charged now.
   *
   * @return empty if there is no heap for it
   */
  Optional<Mailbox.Waiting> end(String part) {
    Mailbox.Waiting whole = Mailbox.Waiting.of(Optional.of(with(part)));
    long more = whole.heapBytes() - reset();
    if (more > 0 && !charge.take(more)) {
      charge.give(whole.heapBytes() - more);
      return Optional.empty();
    } else if (more < 0) {
      charge.give(-more);
    }
    return Optional.of(whole);
  }

  private synchronized String with(String part) {
    return text.isEmpty() ? part : text.append(part).toString();
  }

  /** Forgets the parts, and returns what is charged for them. */
  private synchronized long reset() {
    long before = charged;
    text.setLength(0);
    text.trimToSize();
    bytes = 0;
    charged = 0;
    return before;
  }

  /** Drops what has arrived and what arrives from now on. */
  synchronized void drop() {
    dropped = true;
    charge.give(reset());
  }
}
