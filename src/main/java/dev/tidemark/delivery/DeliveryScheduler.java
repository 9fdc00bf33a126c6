package dev.tidemark.delivery;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.FairExecutor;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metrics;
import dev.tidemark.session.DeliveryRecord;
import dev.tidemark.session.DeliveryRecorder;
import dev.tidemark.session.JoinOutcome;
import dev.tidemark.session.ResyncRecord;
import dev.tidemark.wire.Capability;
import dev.tidemark.wire.EncodedEvent;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at subscriptions that were woken, on a few threads, none of which ever waits. A
 * subscription is in the queue at most once, so the queue is bounded by the number of clients;
 * sessions take turns, and each client gets one page at a time: a client with much to catch up does
 * not hold up the others.
 */
@ApplicationScoped
public class DeliveryScheduler implements DeliveryContext {
  private static final Logger LOG = Logger.getLogger(DeliveryScheduler.class);
  private static final int MAX_WORKERS = 4;
  private static final long RETRY_MILLIS = 250;

  /** How long a place in the replays is kept for a client that does not read. */
  private static final long PATIENCE_MILLIS = 50;

  /** With two, one is being read while the next is waited for: the database has no break. */
  private static final int PAGES_AHEAD = 2;

  @Inject Feeds feeds;
  @Inject LogReader reader;
  @Inject DeliveryRecorder deliveryRecorder;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject BackgroundJobs backgroundJobs;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-delivery")
  ManagedExecutorService executor;

  @Resource(lookup = "java:jboss/ee/concurrency/scheduler/tidemark")
  ManagedScheduledExecutorService scheduler;

  private FairExecutor<Subscription> ready;
  private ReplaySlots<Subscription> replays;

  @PostConstruct
  void prepare() {
    ready = new FairExecutor<>(executor, MAX_WORKERS, Subscription::sessionKey, this::look);
    replays =
        new ReplaySlots<>(
            settings.get(DeliverySettings.REPLAYS),
            TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS),
            System::nanoTime,
            Subscription::sessionKey,
            ready::add);
    metrics.gauge("replays.waiting", replays::waiting);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.everyOnScheduler(
        "replay slots", Duration.ofMillis(PATIENCE_MILLIS), replays::lookAgain);
  }

  /**
   * Subscribes a client that has just joined and was told so; what it is owed starts to flow at
   * once.
   */
  public Subscription subscribe(
      TenantSession tenantSession,
      JoinOutcome outcome,
      Set<Capability> capabilities,
      ClientSink clientSink) {
    long batchBytes =
        capabilities.contains(Capability.BATCH) ? settings.get(DeliverySettings.BATCH_BYTES) : 0;
    boolean compact = capabilities.contains(Capability.COMPACT);
    Subscription subscription =
        feeds.subscribe(
            tenantSession,
            outcome.position(),
            feed -> new Subscription(feed, outcome, clientSink, batchBytes, compact, this));
    subscription.wake();
    return subscription;
  }

  /** One that waits in line for its replay keeps its wakes: nobody else brings it here. */
  @Override
  public void look(Subscription subscription) {
    boolean replaying = subscription.isReplaying();
    if (replaying && !replays.isTurnOf(subscription)) {
      return;
    }
    lookNow(subscription);
    if (replaying && !subscription.isReplaying()) {
      replays.leave(subscription);
    }
  }

  private void lookNow(Subscription subscription) {
    int claimed = subscription.claim();
    boolean more;
    try {
      more = subscription.look();
    } catch (RuntimeException e) {
      LOG.errorf(e, "TIDE0407 A client could not be sent what it needs; it is tried again.");
      metrics.count("deliveries.failed", 1);
      var unused =
          scheduler.schedule(() -> ready(subscription), RETRY_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    if (subscription.release(claimed, more)) {
      ready.add(subscription);
    }
  }

  @Override
  public void ready(Subscription subscription) {
    ready.add(subscription);
  }

  @Override
  public List<EncodedEvent> held(Feed feed, String epoch, long cursor) {
    return feeds.tail().from(feed.sessionKey(), epoch, cursor);
  }

  @Override
  public void read(Feed feed, ReadRequest readRequest, Subscription waits) {
    reader.read(feed, readRequest, waits);
    if (readRequest instanceof ReadRequest.Events events) {
      readAhead(feed, events.epoch(), feeds.tail().lastOfStretch(events.from()) + 1);
    }
  }

  @Override
  public void readAhead(Feed feed, String epoch, long cursor) {
    long head = feed.known().head();
    long from = cursor;
    for (int page = 0; page < PAGES_AHEAD && from <= head; page++) {
      if (held(feed, epoch, from).isEmpty()) {
        reader.readAhead(feed, new ReadRequest.Events(epoch, from));
      }
      from = feeds.tail().lastOfStretch(from) + 1;
    }
  }

  @Override
  public void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord) {
    deliveryRecorder.resynced(deliveryRecord, resyncRecord);
  }

  @Override
  public void unsubscribed(Feed feed, Subscription subscription) {
    replays.leave(subscription);
    feeds.unsubscribe(feed, subscription);
  }
}
