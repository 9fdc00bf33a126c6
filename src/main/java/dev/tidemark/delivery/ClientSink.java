package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;

/** The client that a subscription sends to. Nothing here blocks. */
public interface ClientSink {
  /**
   * Whether the client may be sent more now: its window of bytes and messages in flight is not
   * full.
   */
  boolean hasRoom();

  /**
   * Sends a text message after all earlier ones. When it has gone out and there is room again, the
   * subscription is woken.
   */
  void send(EncodedFrame message);

  /** The number of sent messages that have not gone out; at least 1 once a send has failed. */
  int inFlight();

  /** Ends the connection, because its session is no longer in the database. */
  void sessionGone();
}
