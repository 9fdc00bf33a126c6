package dev.tidemark.turn;

/**
 * The heap that is reserved for running turns, which nobody takes back before their end. So a
 * sender may have its part of what others leave, as with places; who has nothing may exceed it,
 * because a turn may be larger than that, up to three quarters of all. Guarded by the monitor of
 * {@link TurnPlaces}.
 */
final class TurnMemory {
  private final long bytes;
  private final long ofSender;
  private long held;

  /**
   * @param bytes all that there is
   * @param ofSender the share of one sender while nobody else holds any
   */
  TurnMemory(long bytes, long ofSender) {
    this.bytes = bytes;
    this.ofSender = Math.min(bytes, ofSender);
  }

  /** Whether a sender that holds its own may take more. */
  boolean mayTake(long own, long more) {
    return held == 0
        || (own == 0 && held + more <= bytes / 4 * 3)
        || isWithinShare(own + more, held + more);
  }

  /**
   * The same as {@code own <= ofSender / bytes * (bytes - (all - own))}, for numbers this large.
   */
  private boolean isWithinShare(long own, long all) {
    return (double) own * (bytes - ofSender) <= (double) ofSender * (bytes - all);
  }

  /** The bytes that all senders hold. */
  long held() {
    return held;
  }

  /** Counts bytes that are held from now on; fewer than 0 are given back. */
  void add(long more) {
    held += more;
  }
}
