package dev.tidemark.log;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.ops.Node;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Checks the database every second, less often after a long outage: a database that comes late or
 * goes away is no reason to deploy again.
 */
@ApplicationScoped
class StorageWatch {
  private static final Logger LOG = Logger.getLogger(StorageWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /**
   * Each failed look fills a page of the server's log: after this many, only every fifth is done.
   */
  private static final int EAGER_LOOKS = 30;

  private static final int THEN_EVERY = 5;

  @Inject Storage storage;
  @Inject Node node;
  @Inject BackgroundJobs backgroundJobs;

  private boolean mappingValidated;
  private int looksInVain;
  private Optional<String> last = Optional.of("");

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.everyOnScheduler("storage watch", Duration.ZERO, EVERY, this::look);
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

  /** A database that cannot be queried is a problem like any other. */
  private Optional<String> problem() {
    try {
      return storage.problem(!mappingValidated);
    } catch (RuntimeException e) {
      return Optional.of("The database cannot be asked: " + e.getMessage());
    }
  }
}
