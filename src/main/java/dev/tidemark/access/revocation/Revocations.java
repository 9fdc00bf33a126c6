package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The revocations in force, kept in memory: checked at every handshake, request and {@code auth}
 * frame. Only {@link RevocationPoller} fills it, from the database, which owns them.
 */
@ApplicationScoped
public class Revocations {
  private final Map<RevocationTarget, Entry> inForce = new ConcurrentHashMap<>();

  private record Entry(Instant issuedBefore, long endsNanos) {
    /** Merges two entries of one target: the later time of each. */
    Entry or(Entry other) {
      return new Entry(
          issuedBefore.isAfter(other.issuedBefore) ? issuedBefore : other.issuedBefore,
          endsNanos - other.endsNanos > 0 ? endsNanos : other.endsNanos);
    }
  }

  /**
   * Whether the caller signed in before a revocation. Credentials that come with each request have
   * no time and stay valid until they are withdrawn.
   */
  public boolean isRevoked(Caller caller) {
    Optional<Instant> at = caller.authentication().authenticatedAt();
    if (at.isEmpty() || inForce.isEmpty()) {
      return false;
    }
    return RevocationTarget.of(caller).stream()
        .anyMatch(
            target -> {
              Entry entry = inForce.get(target);
              return entry != null && target.isOf(at.get(), entry.issuedBefore());
            });
  }

  /** Puts a revocation into force for this time. */
  void add(RevocationTarget target, Instant issuedBefore, Duration inForceFor) {
    inForce.merge(
        target, new Entry(issuedBefore, System.nanoTime() + inForceFor.toNanos()), Entry::or);
  }

  /** Drops the revocations that have ended. */
  void forgetEnded() {
    long nowNanos = System.nanoTime();
    inForce.values().removeIf(entry -> entry.endsNanos() - nowNanos <= 0);
  }

  int size() {
    return inForce.size();
  }
}
