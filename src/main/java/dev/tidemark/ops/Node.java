package dev.tidemark.ops;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells whether this node takes clients: its storage is usable, the revocations have been read, its
 * work moves, and it is not draining. The load balancer reads it as the check {@code tidemark} of
 * {@code /health/ready}; handshakes and joins obey it.
 */
@ApplicationScoped
public class Node {
  /** Announced when the node begins to drain. */
  public record Draining() {}

  @Inject Event<Draining> draining;
  @Inject Metrics metrics;

  private static final Optional<NotReady> DRAINING =
      Optional.of(NotReady.of("The node is draining."));
  private static final Optional<NotReady> SUSPENDED =
      Optional.of(NotReady.of("The server is suspended."));
  private static final Optional<NotReady> NOT_RESUMED =
      Optional.of(NotReady.of("The server is still starting, or was started suspended."));
  private static final Optional<NotReady> REVOCATIONS_UNREAD =
      Optional.of(NotReady.of("Who was revoked meanwhile is being read."));

  private volatile Optional<NotReady> storageProblem =
      Optional.of(NotReady.of("The node is starting."));
  private volatile Instant storageChecked = Instant.EPOCH;

  /** Counts outages; {@code revocationsReadAfter} is the count when revocations were last read. */
  private final AtomicLong outages = new AtomicLong();

  private volatile long revocationsReadAfter = -1;
  private volatile Optional<NotReady> misconfiguration = Optional.empty();
  private volatile boolean isDrained;
  private volatile boolean isStopping;
  private volatile Optional<NotReady> suspension = Optional.empty();
  private volatile Optional<NotReady> standstill = Optional.empty();
  private final Instant startedAt = Instant.now();

  @PostConstruct
  void measure() {
    metrics.gauge(Metric.READY, () -> refusal().isEmpty() ? 1 : 0);
    metrics.gauge(Metric.DRAINING, () -> isDraining() ? 1 : 0);
    metrics.gauge(Metric.STORAGE_USABLE, () -> isStorageAway() ? 0 : 1);
    metrics.gauge(Metric.STORAGE_CHECKED, () -> storageChecked.getEpochSecond());
  }

  /** Sets the reason why the database is not usable; empty if it is usable. */
  public void storage(Optional<NotReady> problem) {
    if (problem.isPresent() && storageProblem.isEmpty()) {
      outages.incrementAndGet();
    }
    storageProblem = problem;
    storageChecked = Instant.now();
  }

  /** Sets what of the node's own work does not move; empty if all moves. */
  void standstill(Optional<NotReady> standing) {
    standstill = standing;
  }

  /** Sets the reason why the node takes no clients until it is started with other settings. */
  public void misconfigured(NotReady reason) {
    misconfiguration = Optional.of(reason);
  }

  /** The number of times the database has gone away. */
  public long outages() {
    return outages.get();
  }

  /**
   * Notes that all revocations were read that existed after this number of outages. A node without
   * them takes no clients: it would admit callers that were revoked while it was not listening.
   */
  public void revocationsRead(long afterOutages) {
    revocationsReadAfter = afterOutages;
  }

  /** Whether the database is usable and its revocations are unread since the last outage. */
  public boolean isUnawareOfRevocations() {
    return storageProblem.isEmpty() && revocationsReadAfter != outages.get();
  }

  /**
   * Starts the drain: the node takes no new clients and starts no turns until {@link #endDrain}.
   */
  public void drain() {
    begin(() -> isDrained = true);
  }

  /** As {@link #drain}, but for good: the application is about to stop. */
  public void stopping() {
    begin(() -> isStopping = true);
  }

  /** Undoes {@link #drain}, and nothing else that keeps clients away. */
  public void endDrain() {
    isDrained = false;
  }

  /** As {@link #drain}, but until {@link #resumed}: the server is about to be suspended. */
  public void suspending() {
    begin(() -> suspension = SUSPENDED);
  }

  private void begin(Runnable change) {
    boolean before;
    synchronized (this) {
      before = isDraining();
      change.run();
    }
    if (!before) {
      draining.fire(new Draining());
    }
  }

  /** Notes that the server is suspended, and was before it had any client. */
  public void suspended() {
    suspension = NOT_RESUMED;
  }

  /** Notes that the server is not suspended any more. A drain that was asked for goes on. */
  public void resumed() {
    suspension = Optional.empty();
  }

  /** The time at which the application started, by this node's clock. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Whether the node takes no new clients and starts no turns. */
  public boolean isDraining() {
    return isDrained || isStopping || suspension.isPresent();
  }

  /**
   * Whether the database is known to be away. Then only the storage watch tries it: each attempt
   * would wait, fail and fill the log.
   */
  public boolean isStorageAway() {
    return storageProblem.isPresent();
  }

  /** The reason why the database is not usable; empty if it is usable, as far as is known. */
  public Optional<NotReady> storageProblem() {
    return storageProblem;
  }

  /** The reason why the node takes no clients; empty if it does. */
  public Optional<NotReady> refusal() {
    if (isDrained || isStopping) {
      return DRAINING;
    }
    var suspended = suspension;
    if (suspended.isPresent()) {
      return suspended;
    }
    var wrong = misconfiguration;
    if (wrong.isPresent()) {
      return wrong;
    }
    if (isUnawareOfRevocations()) {
      return REVOCATIONS_UNREAD;
    }
    return storageProblem.or(() -> standstill);
  }
}
