package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.List;

/**
 * Announced when events were appended. Observe it with {@code during = AFTER_SUCCESS}: only then
 * are they durable (R2).
 *
 * @param position the session's position right after the last of these events
 */
public record Appended(long sessionKey, Position position, List<EventFrame> events) {}
