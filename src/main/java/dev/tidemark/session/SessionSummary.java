package dev.tidemark.session;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of a list of sessions.
 *
 * @param access of the principal for whom the list is
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
