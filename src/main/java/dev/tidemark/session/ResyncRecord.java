package dev.tidemark.session;

import dev.tidemark.wire.Position;

/**
 * That a client got a snapshot while it was connected (R9).
 *
 * @param number 1 for the first one since it joined
 * @param reason as on the wire
 * @param fromCursor the last cursor that it had been sent
 * @param to where the snapshot stands
 */
public record ResyncRecord(
    int number, String reason, long fromCursor, String fromEpoch, Position to) {}
