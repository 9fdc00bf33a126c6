package dev.tidemark.wire;

/** What the gateway may say. */
public sealed interface ServerFrame
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
        HelloError,
        EventFrame {
  /** The frame as the JSON text that goes out, without a line break of its own. */
  String encode();
}
