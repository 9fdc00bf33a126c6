package dev.tidemark.retention;

import java.time.Duration;

/**
 * What a floor leaves to be replayed of a session.
 *
 * @param age events that are older leave it
 * @param events at most this many stay in it, deltas of finished turns not counted
 */
public record ReplayWindow(Duration age, long events) {}
