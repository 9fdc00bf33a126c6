package dev.tidemark.wire;

/** Leave the session. The socket stays open and may join again. */
public record Leave() implements ClientFrame {}
