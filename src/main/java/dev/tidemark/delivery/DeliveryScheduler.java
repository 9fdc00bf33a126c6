package dev.tidemark.delivery;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.concurrent.FairExecutor;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metric;
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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at subscriptions that were woken, on a few threads, none of which ever waits. A
 * subscription is in the queue at most once, so the queue is bounded by the number of clients. The
 * sessions alternate, and each client gets one page at a time: a client with much to catch up does
 * not hold up the others.
 */
@ApplicationScoped
public class DeliveryScheduler implements DeliveryContext {
  private static final Logger LOG = Logger.getLogger(DeliveryScheduler.class);
  private static final int MAX_WORKERS = 4;
  private static final Duration RETRY = Duration.ofMillis(250);

  /** The time for which a replay slot is kept for a client that does not read. */
  private static final long SLOT_PATIENCE_MILLIS = 50;

  @Inject Feeds feeds;
  @Inject LogReader logReader;
  @Inject DeliveryRecorder deliveryRecorder;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject BackgroundJobs backgroundJobs;
  @Inject ServerThreads threads;
  @Inject WatchedWork watchedWork;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-delivery")
  ManagedExecutorService executor;

  /** The shortest time between two samples of {@link Metric#APPEND_TO_FRAME}. */
  private static final long SAMPLE_EVERY_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** Without a lock: two threads that take a sample at once do no harm. */
  private volatile long nextSampleNanos = System.nanoTime();

  private FairExecutor<Subscription> ready;
  ReplaySlots<Subscription> replaySlots;

  @PostConstruct
  void prepare() {
    ready = new FairExecutor<>(executor, MAX_WORKERS, Subscription::sessionKey, this::look);
    watchedWork.add("The sending to clients", ready);
    replaySlots =
        new ReplaySlots<>(
            settings.get(DeliverySettings.REPLAYS),
            TimeUnit.MILLISECONDS.toNanos(SLOT_PATIENCE_MILLIS),
            System::nanoTime,
            Subscription::sessionKey,
            ready::add,
            Subscription::isClosed);
    metrics.gauge(Metric.REPLAYS_WAITING, replaySlots::waiting);
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    backgroundJobs.everyOnScheduler(
        "replay slots", Duration.ofMillis(SLOT_PATIENCE_MILLIS), replaySlots::reassign);
  }

  /**
   * Subscribes a client that has just been told of its join; the events that it missed are sent at
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
            feed ->
                new Subscription(
                    feed, feeds.tail(), outcome, clientSink, batchBytes, compact, this));
    subscription.wake();
    return subscription;
  }

  /** A subscription that waits for a replay slot keeps its wakes: only the slot brings it back. */
  @Override
  public void look(Subscription subscription) {
    boolean replaying = subscription.isReplaying();
    if (replaying && !mayReplay(subscription)) {
      return;
    }
    lookNow(subscription);
    if (replaying && !subscription.isReplaying()) {
      replaySlots.release(subscription);
      subscription.replayNanos().ifPresent(nanos -> metrics.record(Metric.REPLAY, nanos));
    }
  }

  /** Whoever was not even put in line has no wakes to wait with: the next one queues it. */
  private boolean mayReplay(Subscription subscription) {
    try {
      return replaySlots.acquire(subscription);
    } catch (RuntimeException | Error e) {
      subscription.forget();
      throw e;
    }
  }

  private void lookNow(Subscription subscription) {
    int claimed = subscription.claim();
    boolean more;
    try {
      more = subscription.look();
    } catch (RuntimeException | Error e) {
      lookLater(subscription, e);
      return;
    }
    if (subscription.release(claimed, more)) {
      requeue(subscription, () -> ready.add(subscription));
    }
  }

  /** Keeps the wakes of a look that failed until the next one. */
  private void lookLater(Subscription subscription, Throwable why) {
    requeue(
        subscription,
        () -> {
          var unused = threads.after(RETRY, () -> ready(subscription));
        });
    LOG.errorf(
        why, "TIDE0407 Sending to %s failed; it is tried again.", subscription.deliveryRecord());
    metrics.count(Metric.DELIVERIES_FAILED, 1);
  }

  /** Whoever holds a subscription's wakes brings it to the next look, or gives them up. */
  private static void requeue(Subscription subscription, Runnable queue) {
    try {
      queue.run();
    } catch (RuntimeException | Error e) {
      subscription.forget();
      throw e;
    }
  }

  @Override
  public void ready(Subscription subscription) {
    ready.add(subscription);
  }

  @Override
  public void read(Feed feed, ReadRequest request, Subscription subscription) {
    logReader.read(feed, request, subscription);
  }

  @Override
  public void readAhead(Feed feed, String epoch, long cursor) {
    logReader.readAhead(feed, epoch, cursor);
  }

  @Override
  public void resynced(DeliveryRecord deliveryRecord, ResyncRecord resyncRecord) {
    deliveryRecorder.resynced(deliveryRecord, resyncRecord);
  }

  /** Takes a sample now and then: of a crowd that is sent one event, not each client counts. */
  @Override
  public void handedOver(EncodedEvent.Heard heard) {
    long now = System.nanoTime();
    if (now - nextSampleNanos >= 0) {
      nextSampleNanos = now + SAMPLE_EVERY_NANOS;
      metrics.record(
          Metric.APPEND_TO_FRAME, now - heard.nanos(), heard.appendedHere() ? "append" : "hint");
    }
  }

  @Override
  public void unsubscribed(Feed feed, Subscription subscription) {
    try {
      replaySlots.release(subscription);
    } finally {
      feeds.unsubscribe(feed, subscription);
    }
  }
}
