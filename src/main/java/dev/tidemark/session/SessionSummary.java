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
        row.get(0, String.class),
        row.get(1, String.class),
        row.get(2, Instant.class),
        Optional.ofNullable(row.get(3, Instant.class)),
        row.get(4, Long.class),
        row.get(5, Long.class));
  }
}
