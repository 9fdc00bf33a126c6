package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Position;
import java.util.List;

/**
 * Part of a session's log.
 *
 * @param position the session's position when the page was read; never behind the page's last event
 * @param events in order and, unless it is a compact page, dense; empty if there is nothing from
 *     the asked cursor on, or if it lies below the floor
 */
public record Page(Position position, List<EventFrame> events) {}
