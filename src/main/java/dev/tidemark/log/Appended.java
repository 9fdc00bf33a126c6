package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.List;

/**
 * Announced by the {@link Appender} only once the database has confirmed the commit of these
 * events: they may be shown (R2).
 *
 * @param position the session's position right after the last of these events
 */
public record Appended(long sessionKey, Position position, List<EventFrame> events) {}
