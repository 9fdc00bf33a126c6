package dev.tidemark.delivery;

import dev.tidemark.concurrent.FairExecutor;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.EventMissingException;
import dev.tidemark.log.Page;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.session.Snapshots;
import dev.tidemark.wire.EncodedEvent;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Reads from the database what subscriptions wait for, on a few threads. Nobody else in this room
 * waits for the database: so what is in the tail goes out however long a read takes, and a thousand
 * clients that come back to one session cost one read a page.
 */
@ApplicationScoped
public class LogReader {
  private static final Logger LOG = Logger.getLogger(LogReader.class);
  private static final int MAX_WORKERS = 4;
  private static final long RETRY_MILLIS = 250;
  private static final long MISSING_RETRY_MILLIS = 5_000;

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

  private FairExecutor<Feed> ready;
  private int pageEvents;
  private long pageBytes;

  @PostConstruct
  void start() {
    ready = new FairExecutor<>(executor, MAX_WORKERS, Feed::sessionKey, this::readNext);
    pageEvents = settings.get(DeliverySettings.PAGE_EVENTS);
    pageBytes = settings.get(DeliverySettings.PAGE_BYTES);
  }

  /** Has something read; the subscription is answered and woken when that is done. */
  void read(Feed feed, ReadRequest readRequest, Subscription waits) {
    if (feed.readings().add(readRequest, waits)) {
      ready.add(feed);
    }
  }

  /** Has events read into the tail that somebody will need soon. */
  void readAhead(Feed feed, ReadRequest.Events events) {
    if (feed.readings().ahead(events)) {
      ready.add(feed);
    }
  }

  /** One step of a session, which keeps its place in line until nothing is to be read for it. */
  private void readNext(Feed feed) {
    PendingReads pendingReads = feed.readings();
    Optional<ReadRequest> next = pendingReads.next(feeds.tail()::lastOfStretch);
    if (next.isEmpty()) {
      return;
    }
    boolean done = tryToRead(feed, next.get());
    pendingReads.ended(next.get());
    if (done) {
      ready.add(feed);
    } else {
      pendingReads.last(next.get());
      later(feed);
    }
    if (pendingReads.wantsPlace()) {
      ready.add(feed);
    }
  }

  /**
   * @return whether it was read, or need not be
   */
  private boolean tryToRead(Feed feed, ReadRequest readRequest) {
    if (node.isStorageAway()) {
      return false;
    }
    try {
      read(feed, readRequest);
    } catch (UnknownSessionException e) {
      feed.readings().answered(any -> true).forEach(Subscription::sessionGone);
    } catch (EventMissingException e) {
      missing(feed, e);
    } catch (RuntimeException e) {
      if (!StorageFailure.isTransient(e)) {
        LOG.errorf(e, "TIDE0402 A page could not be read; it is tried again.");
      }
      metrics.count("deliveries.failed", 1);
      return false;
    }
    return true;
  }

  private void later(Feed feed) {
    var unused = scheduler.schedule(() -> ready.add(feed), RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Whoever needs what is missing is kept waiting, for there is never a jump (R9), until somebody
   * has mended the log or the floor has passed. The others of the session go on.
   */
  private void missing(Feed feed, EventMissingException e) {
    if (feed.tellsOfDamage()) {
      LOG.errorf("TIDE0408 The log is damaged, who needs this waits: %s", e.getMessage());
    }
    metrics.count("deliveries.failed", 1);
    List<Subscription> waits =
        feed.readings().answered(readRequest -> beginsAt(readRequest, e.cursor()));
    var unused =
        scheduler.schedule(
            () -> waits.forEach(subscription -> subscription.answer(new ReadResult.LookAgain())),
            MISSING_RETRY_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private static boolean beginsAt(ReadRequest readRequest, long cursor) {
    return (readRequest instanceof ReadRequest.Events events && events.from() == cursor)
        || (readRequest instanceof ReadRequest.Compacted compacted && compacted.from() == cursor);
  }

  private void read(Feed feed, ReadRequest readRequest) {
    if (readRequest instanceof ReadRequest.Events events) {
      readEvents(feed, events);
    } else if (readRequest instanceof ReadRequest.Compacted compacted) {
      readCompacted(feed, compacted);
    } else if (readRequest instanceof ReadRequest.Snapshot snapshot) {
      metrics.count("resyncs", 1, "reason", snapshot.reason().wireName());
      ReadResult readResult =
          new ReadResult.Snapshot(snapshots.cut(feed.scope(), snapshot.reason().wireName()));
      answer(feed, readRequest, readResult);
    }
  }

  /**
   * Reads to the end of the stretch, from the lowest cursor in it that anybody waits for: clients
   * that were cut off one after another need one read together.
   */
  private void readEvents(Feed feed, ReadRequest.Events asked) {
    String epoch = asked.epoch();
    Tail tail = feeds.tail();
    if (!tail.from(feed.sessionKey(), epoch, asked.from()).isEmpty()) {
      answer(feed, asked, new ReadResult.LookAgain());
      return;
    }
    long last = tail.lastOfStretch(asked.from());
    long from = feed.readings().lowest(epoch, last - pageEvents + 1, asked.from());
    Feed.Heard before = feed.heard();
    Page page = log.page(feed.scope(), from, (int) (last - from + 1), pageBytes);
    metrics.count("pages.read", 1);
    if (feed.read(before, page.position())) {
      tail.forgetAfter(feed.sessionKey(), page.position().head());
    }
    List<EncodedEvent> events = tail.add(feed.sessionKey(), page.position().epoch(), page.events());
    long until = from + Math.max(1, events.size());
    ReadResult readResult = new ReadResult.Events(page.position(), events);
    feed.readings()
        .answered(
            readRequest ->
                readRequest instanceof ReadRequest.Events other
                    && other.epoch().equals(epoch)
                    && other.from() >= from
                    && other.from() < until)
        .forEach(subscription -> subscription.answer(readResult));
  }

  /** Not for the tail: it gives dense events only. */
  private void readCompacted(Feed feed, ReadRequest.Compacted asked) {
    Page page = log.compactPage(feed.scope(), asked.from(), asked.until(), pageEvents, pageBytes);
    metrics.count("pages.read", 1);
    List<EncodedEvent> events = page.events().stream().map(EncodedEvent::new).toList();
    answer(feed, asked, new ReadResult.Events(page.position(), events));
  }

  private static void answer(Feed feed, ReadRequest readRequest, ReadResult readResult) {
    feed.readings().answered(readRequest::equals).forEach(waited -> waited.answer(readResult));
  }
}
