package dev.tidemark.wire;

import java.util.Set;

/** A frame of the connection itself, which has no place in the session's sequence (R5). */
public sealed interface ConnectionFrame extends ServerFrame
    permits HelloOk,
        Joined,
        SnapshotFrame,
        Replay,
        ReplayComplete,
        MessageAck,
        PingFrame,
        PongFrame,
        Left,
        AuthOk,
        ErrorFrame,
        HelloError {
  /** The {@code type} of each of these frames on the wire; an event may have none of them. */
  Set<String> TYPES =
      Set.of(
          "hello_ok",
          "joined",
          "snapshot",
          "replay",
          "replay_complete",
          "message_ack",
          "ping",
          "pong",
          "left",
          "auth_ok",
          "error",
          "hello_error");
}
