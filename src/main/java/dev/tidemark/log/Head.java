package dev.tidemark.log;

import java.time.Instant;

/**
 * A session's counter row, as read under its lock or as a writer remembers it ({@link KnownHeads}).
 *
 * @param cursor the newest event's cursor, 0 if there is none
 * @param chainHash the newest event's hash
 * @param now the time of the database's clock, never before the newest event's, so that time does
 *     not run backwards within a session
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Head(
    long sessionKey,
    String sessionId,
    long cursor,
    long floor,
    byte[] chainHash,
    int epochNumber,
    String epochId,
    Instant now) {
  /** Returns the head after this many more events, the newest of them with this hash. */
  Head after(int events, byte[] newestHash) {
    return new Head(
        sessionKey, sessionId, cursor + events, floor, newestHash, epochNumber, epochId, now);
  }

  /** Returns the head at this time, if it is later: time does not run backwards in a session. */
  Head notBefore(Instant time) {
    return time.isAfter(now)
        ? new Head(sessionKey, sessionId, cursor, floor, chainHash, epochNumber, epochId, time)
        : this;
  }
}
