package dev.tidemark.wire;

/** A frame that the gateway may send: about the connection, or an event of the session. */
public sealed interface ServerFrame permits ConnectionFrame, EventFrame {
  /** The frame as the JSON text that goes out, without a line break of its own. */
  String encode();
}
