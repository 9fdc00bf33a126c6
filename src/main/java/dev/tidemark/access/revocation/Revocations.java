package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The revocations in force, in memory: looked up at every handshake, request and {@code auth}
 * frame. Filled by {@link RevocationPoller} alone, from the database, which is their owner.
 */
@ApplicationScoped
public class Revocations {
  private final Map<RevocationTarget, Entry> inForce = new ConcurrentHashMap<>();

  private record Entry(Instant issuedBefore, long endsNanos) {
    /** Of two about the same, what either refuses. */
    Entry or(Entry other) {
      return new Entry(
          issuedBefore.isAfter(other.issuedBefore) ? issuedBefore : other.issuedBefore,
          endsNanos - other.endsNanos > 0 ? endsNanos : other.endsNanos);
    }
  }

  /**
   * Whether a caller's credentials are from before a revocation. Credentials that come with each
   * request have no such time and stay good: who is not to use them has to lose them.
   */
  public boolean isRevoked(Caller caller) {
    Optional<Instant> issuedAt = caller.authentication().issuedAt();
    if (issuedAt.isEmpty() || inForce.isEmpty()) {
      return false;
    }
    return RevocationTarget.of(caller).stream()
        .map(inForce::get)
        .anyMatch(entry -> entry != null && issuedAt.get().isBefore(entry.issuedBefore()));
  }

  /** Obeys one more, for so long. */
  void add(RevocationTarget target, Instant issuedBefore, Duration inForceFor) {
    inForce.merge(
        target, new Entry(issuedBefore, System.nanoTime() + inForceFor.toNanos()), Entry::or);
  }

  /** Lets those go that have ended. */
  void forgetEnded() {
    long nowNanos = System.nanoTime();
    inForce.values().removeIf(entry -> entry.endsNanos() - nowNanos <= 0);
  }

  int size() {
    return inForce.size();
  }
}
