package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;

/** Where a subscription sends to: one client. Nothing here blocks. */
public interface ClientSink {
  /**
   * Whether the client may be sent more now: its window of bytes and messages in flight is not
   * full.
   */
  boolean hasRoom();

  /**
   * Sends a text message after all that were sent before. When it has gone out and there is room
   * again, the subscription is woken.
   */
  void send(EncodedFrame message);

  /** How many messages were sent and have not gone out; at least 1 once a send has failed. */
  int inFlight();

  /** Ends the connection: its session is not in the database any more. */
  void sessionGone();
}
