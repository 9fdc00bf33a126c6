package dev.tidemark.wire;

/**
 * What a client may say. {@link FrameDecoder} makes these from text; their fields are already
 * checked.
 */
public sealed interface ClientFrame permits Hello, Join, Message, Abort, Leave, Ping, Pong, Auth {}
