package dev.tidemark.session;

import dev.tidemark.wire.Position;

/**
 * Records a snapshot that was sent to a connected client (R9).
 *
 * @param number 1 for the first one since it joined
 * @param reason as on the wire
 * @param fromCursor the last cursor that it had been sent
 * @param to where the snapshot stands
 */
public record ResyncRecord(
    int number, String reason, long fromCursor, String fromEpoch, Position to) {}
