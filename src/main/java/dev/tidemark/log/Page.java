package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.List;

/**
 * Part of a session's log.
 *
 * @param position the session's position when the page was read; never behind the page's last event
 * @param events the events, in order and, unless it is a compact page, dense; empty if the
 *     requested cursor is above the head or below the floor
 */
public record Page(Position position, List<EventFrame> events) {}
