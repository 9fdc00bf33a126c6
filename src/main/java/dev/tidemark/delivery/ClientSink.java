package dev.tidemark.delivery;

import dev.tidemark.wire.EncodedFrame;

/** The client that a subscription sends to. Nothing here blocks. */
public interface ClientSink {
  /**
   * Whether the client may be sent more now: its window of bytes and messages in flight is not
   * full, and it is not waiting for memory.
   */
  boolean hasRoom();

  /**
   * Whether the node has memory for a message of this size in flight to this client. If not, the
   * client waits for it: there is no room until the subscription is woken.
   */
  boolean hasMemoryFor(long bytes);

  /**
   * Whether so many bytes of events, which have been read for this client, may be kept until there
   * is room again; 0 if there are none. Otherwise they are forgotten, and read again.
   */
  boolean mayKeep(long bytes);

  /**
   * Takes memory for a snapshot that is to be made for this client. Called without a lock.
   *
   * @return false if there is none: nothing was taken
   */
  boolean takeForSnapshot(long bytes);

  /** Gives back the memory of the snapshot, which was sent or is not needed. */
  void snapshotSent();

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
