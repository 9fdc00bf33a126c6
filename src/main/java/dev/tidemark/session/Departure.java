package dev.tidemark.session;

import java.util.OptionalInt;

/** How a client left its session: why, and the close code if its connection ended with it. */
public record Departure(String why, OptionalInt closeCode) {
  /** It said so. */
  public static final Departure LEFT = new Departure("left", OptionalInt.empty());

  /** Its connection has joined a session again. */
  public static final Departure REJOINED = new Departure("rejoined", OptionalInt.empty());

  /** The node stops. */
  static final Departure STOPPED = new Departure("stopped", OptionalInt.empty());
}
