package dev.tidemark.session;

import java.util.OptionalInt;

/** How a client left its session: why, and the close code if its connection ended with it. */
public record LeaveReason(String why, OptionalInt closeCode) {
  /** The client sent {@code leave}. */
  public static final LeaveReason LEFT = new LeaveReason("left", OptionalInt.empty());

  /** The client has joined a session again on the same connection. */
  public static final LeaveReason REJOINED = new LeaveReason("rejoined", OptionalInt.empty());

  /** The node stops. */
  static final LeaveReason STOPPED = new LeaveReason("stopped", OptionalInt.empty());
}
