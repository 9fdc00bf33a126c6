package dev.tidemark.session;

import java.util.OptionalInt;

/** How a client left its session: why, and the close code if its connection ended with it. */
public record LeaveReason(String why, OptionalInt closeCode) {
  /** It said so. */
  public static final LeaveReason LEFT = new LeaveReason("left", OptionalInt.empty());

  /** Its connection has joined a session again. */
  public static final LeaveReason REJOINED = new LeaveReason("rejoined", OptionalInt.empty());

  /** The node stops. */
  static final LeaveReason STOPPED = new LeaveReason("stopped", OptionalInt.empty());
}
