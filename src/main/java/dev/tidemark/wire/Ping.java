package dev.tidemark.wire;

/** Are you there? Answered with {@link PongFrame}. */
public record Ping() implements ClientFrame {}
