package dev.tidemark.session;

import java.time.Instant;
import java.util.Optional;

/**
 * One entry of a list of sessions.
 *
 * @param access access of the list's principal
 */
public record SessionSummary(
    String sessionId,
    String agentId,
    String owner,
    Access access,
    Instant createdAt,
    Optional<Instant> lastEventAt,
    long head,
    long floor) {}
