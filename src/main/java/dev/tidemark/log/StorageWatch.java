package dev.tidemark.log;

import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at the database every second, less often when it has been away for long: one that comes
 * late or goes away is no reason to deploy again.
 */
@ApplicationScoped
class StorageWatch {
  private static final Logger LOG = Logger.getLogger(StorageWatch.class);
  private static final long EVERY_MILLIS = 1_000;

  /**
   * Each look in vain fills a page of the server's log: after so many, only every fifth is done.
   */
  private static final int EAGER_LOOKS = 30;

  private static final int THEN_EVERY = 5;

  @Inject Storage storage;
  @Inject Node node;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  private ScheduledFuture<?> watch;
  private boolean mappingValidated;
  private int looksInVain;
  private Optional<String> last = Optional.of("");

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    watch = scheduler.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    watch.cancel(false);
  }

  /** Runs in one thread at a time: the scheduler starts the next look only after this one. */
  private void look() {
    if (looksInVain > EAGER_LOOKS && looksInVain % THEN_EVERY != 0) {
      looksInVain++;
      return;
    }
    Optional<String> problem = problem();
    looksInVain = problem.isEmpty() ? 0 : looksInVain + 1;
    mappingValidated |= problem.isEmpty();
    node.storage(problem);
    if (!problem.equals(last)) {
      problem.ifPresentOrElse(
          reason -> LOG.warnf("TIDE0101 Not ready: %s", reason),
          () -> LOG.info("TIDE0100 The database is usable: ready."));
      last = problem;
    }
  }

  /** Throws nothing: the scheduler would not look again. */
  private Optional<String> problem() {
    try {
      return storage.problem(!mappingValidated);
    } catch (RuntimeException e) {
      return Optional.of("The database cannot be asked: " + e.getMessage());
    }
  }
}
