package dev.tidemark.session;

import jakarta.persistence.Tuple;
import java.time.Instant;
import java.util.Optional;

/** One line of a list of sessions. */
public record SessionSummary(
    String sessionId,
    String agentId,
    Instant createdAt,
    Optional<Instant> lastEventAt,
    long head,
    long floor) {
  static SessionSummary of(Tuple row) {
    return new SessionSummary(
        row.get("id", String.class),
        row.get("agent", String.class),
        row.get("created", Instant.class),
        Optional.ofNullable(row.get("last", Instant.class)),
        row.get("head", Long.class),
        row.get("floor", Long.class));
  }
}
