package dev.tidemark.access.gate;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import io.undertow.server.HttpServerExchange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Ends what takes too long in exchanges with clients, a body or a response. */
@ApplicationScoped
class Deadlines {
  private static final Logger LOG = Logger.getLogger(Deadlines.class);
  private static final int LOOKS_PER_DEADLINE = 4;
  private static final long MAX_LOOK_MILLIS = 1_000;

  @Inject BackgroundJobs jobs;
  @Inject Settings settings;

  private final Set<Deadline> running = ConcurrentHashMap.newKeySet();

  /**
   * The end of something. Only the scheduler looks at it; what is late is dealt with by the I/O
   * thread of the exchange, which owns it.
   */
  final class Deadline {
    private final HttpServerExchange exchange;
    private final long nanos;
    private final BooleanSupplier hasBegun;
    private final Runnable late;
    private boolean begun;
    private long begunNanos;

    private Deadline(
        HttpServerExchange exchange, Duration time, BooleanSupplier hasBegun, Runnable late) {
      this.exchange = exchange;
      this.nanos = time.toNanos();
      this.hasBegun = hasBegun;
      this.late = late;
    }

    /** It is in time, or need not be any more. */
    void cancel() {
      running.remove(this);
    }

    private void look(long now) {
      if (!begun && hasBegun.getAsBoolean()) {
        begun = true;
        begunNanos = now;
      }
      boolean isLate = begun && now - begunNanos >= nanos;
      if (isLate || !exchange.getConnection().isOpen()) {
        // Its class is one of the server's private ones, and need not be known here.
        Executor owner = exchange.getIoThread();
        owner.execute(late);
        cancel(); // not before it is certain: the next look tries again
      }
    }
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    long shortest =
        Math.min(
            settings.get(RequestSettings.BODY_TIME).toMillis(),
            settings.get(RequestSettings.RESPONSE_TIME).toMillis());
    jobs.everyOnScheduler(
        "deadlines of requests",
        Duration.ofMillis(Math.min(MAX_LOOK_MILLIS, shortest / LOOKS_PER_DEADLINE)),
        this::look);
  }

  /** One that fails keeps no other from its end. */
  void look() {
    for (Deadline deadline : running) {
      try {
        deadline.look(System.nanoTime());
      } catch (RuntimeException | Error e) {
        LOG.error("TIDE0742 A late request could not be ended, which is tried again.", e);
      }
    }
  }

  /**
   * Sets a deadline.
   *
   * @param hasBegun whether the time runs
   * @param late run once, on the exchange's I/O thread, when the time is up or the connection gone
   */
  Deadline set(
      HttpServerExchange exchange, Duration time, BooleanSupplier hasBegun, Runnable late) {
    Deadline deadline = new Deadline(exchange, time, hasBegun, late);
    running.add(deadline);
    return deadline;
  }

  /** The number of deadlines that run. */
  int running() {
    return running.size();
  }
}
