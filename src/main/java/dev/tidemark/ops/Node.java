package dev.tidemark.ops;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Whether this node takes clients: its storage is usable and nobody drains it. The load balancer
 * reads it as the check {@code tidemark} of {@code /health/ready}; handshakes and joins obey it.
 */
@ApplicationScoped
public class Node {
  /** Announced when somebody asks for a drain. */
  public record Draining() {}

  @Inject Event<Draining> draining;

  private volatile Optional<String> storageProblem = Optional.of("The node is starting.");
  private volatile boolean isDraining;

  /** Says what stands in the way of using the database; empty if nothing does. */
  public void storage(Optional<String> problem) {
    storageProblem = problem;
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
    return isDraining ? Optional.of("The node is draining.") : storageProblem;
  }
}
