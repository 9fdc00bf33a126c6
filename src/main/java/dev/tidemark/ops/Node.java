package dev.tidemark.ops;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether this node takes clients: its storage is usable and nobody drains it. The load balancer
 * reads it as the check {@code tidemark} of {@code /health/ready}; handshakes and joins obey it.
 */
@ApplicationScoped
public class Node {
  /** Announced when somebody asks for a drain. */
  public record Draining() {}

  @Inject Event<Draining> draining;

  private static final Optional<String> REVOCATIONS_UNREAD =
      Optional.of("Who was revoked meanwhile is being read.");

  private volatile Optional<String> storageProblem = Optional.of("The node is starting.");

  /** How often the database went away, and as of which of these times the revocations were read. */
  private final AtomicLong outages = new AtomicLong();

  private volatile long revocationsReadAfter = -1;
  private volatile boolean isDraining;

  /** Says what stands in the way of using the database; empty if nothing does. */
  public void storage(Optional<String> problem) {
    if (problem.isPresent() && storageProblem.isEmpty()) {
      outages.incrementAndGet();
    }
    storageProblem = problem;
  }

  /** How often the database has gone away. */
  public long outages() {
    return outages.get();
  }

  /**
   * Notes that all revocations were read that existed after this many outages. A node that does not
   * know them takes no clients: it would let in who was sent away while it was not listening.
   */
  public void revocationsRead(long afterOutages) {
    revocationsReadAfter = afterOutages;
  }

  /** Whether the database is there and the revocations have not been read from it since. */
  public boolean isUnawareOfRevocations() {
    return storageProblem.isEmpty() && revocationsReadAfter != outages.get();
  }

  /**
   * From now on the node takes no new clients and starts no turns; there is no way back but a
   * restart.
   */
  public void drain() {
    isDraining = true;
    draining.fire(new Draining());
  }

  public boolean isDraining() {
    return isDraining;
  }

  /**
   * Whether the database is known to be away. Then nobody tries it but the watch: each attempt
   * would wait, fail and fill the log.
   */
  public boolean isStorageAway() {
    return storageProblem.isPresent();
  }

  /** Why the node takes no clients, or nothing if it does. */
  public Optional<String> refusal() {
    if (isDraining) {
      return Optional.of("The node is draining.");
    }
    return isUnawareOfRevocations() ? REVOCATIONS_UNREAD : storageProblem;
  }
}
