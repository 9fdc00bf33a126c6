package dev.tidemark.retention;

import java.time.Duration;

/**
 * The limits of the part of a session that can be replayed.
 *
 * @param age greatest age of its events
 * @param events greatest number of its events; deltas of finished turns do not count
 */
public record ReplayWindow(Duration age, long events) {}
