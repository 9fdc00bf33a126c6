package dev.tidemark.delivery;

import dev.tidemark.log.EventLog;
import dev.tidemark.log.Page;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.ReadyQueue;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.Snapshots;
import dev.tidemark.wire.ResyncReason;
import dev.tidemark.wire.SnapshotFrame;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at subscriptions that were woken, on a few threads. A subscription is in the queue at most
 * once, so the queue is bounded by the number of clients, and each gets one page at a time: a
 * client with much to catch up does not hold up the others.
 */
@ApplicationScoped
public class Deliveries implements Subscription.Reader, Subscription.Wakes {
  private static final Logger LOG = Logger.getLogger(Deliveries.class);
  private static final int MOST_WORKERS = 4;
  private static final long RETRY_MILLIS = 250;

  @Inject EventLog log;
  @Inject Snapshots snapshots;
  @Inject Feeds feeds;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-delivery")
  ManagedExecutorService executor;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  private ReadyQueue<Subscription> ready;
  private int pageEvents;
  private long pageBytes;

  @PostConstruct
  void start() {
    ready = new ReadyQueue<>(executor, MOST_WORKERS, this::look);
    pageEvents = settings.count(Setting.PAGE_EVENTS);
    pageBytes = settings.number(Setting.PAGE_BYTES);
  }

  /**
   * Subscribes a client that has just joined and was told so; what it is owed starts to flow at
   * once.
   */
  public Subscription subscribe(long sessionKey, JoinOutcome outcome, Outlet outlet) {
    Subscription subscription =
        feeds.subscribe(
            sessionKey,
            outcome.position(),
            feed -> new Subscription(feed, outcome, outlet, this, this));
    subscription.wake();
    return subscription;
  }

  @Override
  public void ready(Subscription subscription) {
    ready.add(subscription);
  }

  @Override
  public void unsubscribed(Feed feed, Subscription subscription) {
    feeds.unsubscribe(feed, subscription);
  }

  private void look(Subscription subscription) {
    if (node.isStorageAway()) {
      later(subscription);
      return;
    }
    int claimed = subscription.claim();
    try {
      subscription.look();
    } catch (UnknownSessionException e) {
      subscription.sessionGone();
      return;
    } catch (RuntimeException e) {
      if (!StorageFailure.isTransient(e)) {
        LOG.errorf(e, "TIDE0402 A page could not be delivered; it is tried again.");
      }
      metrics.count("deliveries.failed", 1);
      later(subscription);
      return;
    }
    if (subscription.release(claimed)) {
      ready.add(subscription);
    }
  }

  private void later(Subscription subscription) {
    var unused = scheduler.schedule(() -> ready(subscription), RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public Page page(long sessionKey, long fromCursor) {
    return log.page(sessionKey, fromCursor, pageEvents, pageBytes);
  }

  @Override
  public SnapshotFrame snapshot(long sessionKey, ResyncReason reason) {
    metrics.count("resyncs", 1, "reason", reason.wireName());
    return snapshots.cut(sessionKey, reason.wireName());
  }
}
