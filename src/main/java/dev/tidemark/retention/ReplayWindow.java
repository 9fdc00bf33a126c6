package dev.tidemark.retention;

import java.time.Duration;

/**
 * The part of a session that its floor leaves to be replayed.
 *
 * @param age events that are older leave it
 * @param events at most this many stay in it, deltas of finished turns not counted
 */
public record ReplayWindow(Duration age, long events) {}
