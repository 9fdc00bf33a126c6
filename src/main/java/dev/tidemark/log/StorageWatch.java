package dev.tidemark.log;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.SharedRun;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Checks the database every second, its settings and the rights every ten, and all of it less often
 * after a long outage: a database that comes late or goes away is no reason to deploy again. Each
 * reason is logged once, and not for each request that it refuses.
 */
@ApplicationScoped
public class StorageWatch {
  private static final Logger LOG = Logger.getLogger(StorageWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** A database that is away for long is not tried as often, each time by a new connection. */
  private static final int EAGER_LOOKS = 30;

  private static final int THEN_EVERY = 5;

  @Inject Storage storage;
  @Inject NodeStart nodeStart;
  @Inject Node node;
  @Inject Metrics metrics;
  @Inject BackgroundJobs backgroundJobs;

  /** Used only by the job, which never runs twice at a time. */
  private int looksInVain;

  /** One look at a time, so that the newest is the one that counts. */
  private final SharedRun<Optional<NotReady>> shared = new SharedRun<>(this::lookOnce);

  private final WholeLooks wholeLooks = new WholeLooks();

  // Used only by the look that is under way.
  private boolean mappingValidated;
  private Optional<NotReady> last = Optional.of(NotReady.of(""));

  private volatile Storage.Finding finding =
      new Storage.Finding(Optional.empty(), Optional.empty(), Optional.empty());

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    metrics.gauge(Metric.SCHEMA_FOUND, () -> finding.schemaVersion().orElse(0));
    backgroundJobs.every("storage watch", Duration.ZERO, EVERY, this::lookIfDue);
  }

  private void lookIfDue() {
    if (looksInVain > EAGER_LOOKS && looksInVain % THEN_EVERY != 0) {
      looksInVain++;
      return;
    }
    looksInVain = shared.get().isEmpty() ? 0 : looksInVain + 1;
  }

  /** What the newest look at the database found. */
  public Storage.Finding finding() {
    return finding;
  }

  /**
   * Looks at the database now, as after a statement that it refused, and lets the node obey. Those
   * who ask while a look is under way share the next one.
   *
   * @return the reason why the database cannot be used; empty if it can
   */
  public Optional<NotReady> look() {
    wholeLooks.doubt();
    return shared.get();
  }

  private Optional<NotReady> lookOnce() {
    finding =
        wholeLooks.next(last.isPresent(), isWhole -> storage.look(isWhole, !mappingValidated));
    Optional<NotReady> problem = finding.problem();
    mappingValidated |= problem.isEmpty();
    if (problem.isEmpty() && node.isStorageAway()) {
      problem = nodeStart.record(); // before the node takes clients
    }
    node.storage(problem);
    if (!problem.equals(last)) {
      problem.ifPresentOrElse(
          notReady -> LOG.warnf("TIDE0101 Not ready: %s", notReady.reason()),
          () -> LOG.info("TIDE0100 The database is usable: ready."));
      last = problem;
    }
    return problem;
  }
}
