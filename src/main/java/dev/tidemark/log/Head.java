package dev.tidemark.log;

import java.time.Instant;
import java.util.UUID;

/**
 * A session's counter row while its lock is held.
 *
 * @param cursor the newest event's cursor, 0 if there is none
 * @param chainHash the newest event's hash
 * @param now the database's clock, never before the newest event's, so that time does not run
 *     backwards within a session
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Head(
    long sessionKey,
    String sessionId,
    long cursor,
    long floor,
    byte[] chainHash,
    int epochNumber,
    UUID epochId,
    Instant now) {}
