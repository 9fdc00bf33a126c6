package dev.tidemark.session;

import dev.tidemark.wire.Position;

/**
 * Records a snapshot that was sent to a connected client (R9).
 *
 * @param number number of this resync since the join, from 1
 * @param reason as on the wire
 * @param fromCursor last cursor that the client had been sent
 * @param to position of the snapshot
 */
public record ResyncRecord(
    int number, String reason, long fromCursor, String fromEpoch, Position to) {}
