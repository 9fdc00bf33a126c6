package dev.tidemark.delivery;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.DamagedLogException;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.Page;
import dev.tidemark.log.SessionNames;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.log.UnknownSessionException;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.session.NoHeapException;
import dev.tidemark.session.Snapshots;
import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.SnapshotFrame;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Reads from the database for waiting subscriptions, on a few threads. No look waits for the
 * database: so events in the tail go out however long a read takes, and a thousand clients that
 * come back to one session cost one read for each page.
 */
@ApplicationScoped
public class LogReader {
  private static final Logger LOG = Logger.getLogger(LogReader.class);
  private static final int MAX_WORKERS = 4;
  private static final Duration DAMAGED_RETRY = Duration.ofSeconds(5);

  /** With two, one page is being read while the next waits: the database has no break. */
  private static final int PAGES_AHEAD = 2;

  @Inject EventLog log;
  @Inject SessionNames names;
  @Inject Snapshots snapshots;
  @Inject Feeds feeds;
  @Inject Settings settings;
  @Inject Metrics metrics;
  @Inject Node node;
  @Inject ServerThreads threads;
  @Inject WatchedWork watchedWork;

  @Resource(lookup = "java:jboss/ee/concurrency/executor/tidemark-delivery")
  ManagedExecutorService executor;

  private ReadQueue queue;
  private int pageEvents;
  private long pageBytes;

  @PostConstruct
  void start() {
    queue = new ReadQueue(executor, MAX_WORKERS, this::readNext, feeds, threads);
    watchedWork.add("The reading of the log", queue);
    pageEvents = settings.get(DeliverySettings.PAGE_EVENTS);
    pageBytes = settings.get(DeliverySettings.PAGE_BYTES);
  }

  /** Queues a read and those of the pages after it; the result is given to the subscription. */
  void read(Feed feed, ReadRequest request, Subscription subscription) {
    boolean isDue = feed.pendingReads().add(request, subscription);
    try {
      if (isDue) {
        queue.add(feed);
      }
      if (request instanceof ReadRequest.Events events) {
        readAhead(feed, events.epoch(), feeds.tail().lastOfSegment(events.from()) + 1);
      }
    } catch (RuntimeException | Error e) { // it waits already, and should not ask for it twice
      LOG.debugf("A read could not be queued, which is tried again: %s", e);
    }
  }

  /** Reads the next pages from a cursor on into the tail, unless held there or not existing yet. */
  void readAhead(Feed feed, String epoch, long cursor) {
    Tail tail = feeds.tail();
    long head = feed.known().head();
    long from = cursor;
    for (int page = 0; page < PAGES_AHEAD && from <= head; page++) {
      if (tail.from(feed.sessionKey(), epoch, from).isEmpty()
          && feed.pendingReads().addAhead(new ReadRequest.Events(epoch, from))) {
        queue.add(feed);
      }
      from = tail.lastOfSegment(from) + 1;
    }
  }

  /** Does one read for a session, and queues the session again until nothing is left to read. */
  private void readNext(Feed feed) {
    PendingReads pendingReads = feed.pendingReads();
    Optional<ReadRequest> next = pendingReads.beginNext(feeds.tail()::lastOfSegment);
    if (next.isEmpty()) {
      return;
    }
    boolean done = false;
    try {
      done = tryToRead(feed, next.get());
    } finally {
      pendingReads.end(next.get());
      if (done) {
        queue.add(feed);
      } else {
        tryLater(feed, next.get());
      }
    }
    queue.addIfNeeded(feed);
  }

  private void tryLater(Feed feed, ReadRequest request) {
    try {
      feed.pendingReads().moveToEnd(request);
    } finally {
      queue.addLater(feed);
    }
  }

  /**
   * @return whether the request was fulfilled or is no longer needed
   */
  private boolean tryToRead(Feed feed, ReadRequest request) {
    if (node.isStorageAway()) {
      return false;
    }
    try {
      read(feed, request);
    } catch (UnknownSessionException e) {
      feed.pendingReads().remove(any -> true).forEach(Subscription::sessionGone);
    } catch (DamagedLogException e) {
      damaged(feed, e);
    } catch (NoHeapException e) {
      return false; // the client waits until there is some
    } catch (RuntimeException | Error e) {
      if (!StorageFailure.isTransient(e)) {
        LOG.errorf(
            e,
            "TIDE0402 A page of %s could not be read; it is tried again.",
            names.of(feed.sessionKey()));
      }
      metrics.count(Metric.DELIVERIES_FAILED, 1);
      return false;
    }
    return true;
  }

  /**
   * Keeps the clients that need the missing or doubtful event waiting, because there is never a
   * jump (R9), until the log is mended or the floor has passed. The other clients of the session go
   * on.
   */
  private void damaged(Feed feed, DamagedLogException e) {
    if (feed.shouldReportDamage()) {
      LOG.errorf(
          "TIDE0408 The log is damaged; clients that need this event wait: %s", e.getMessage());
    }
    metrics.count(Metric.DELIVERIES_FAILED, 1);
    metrics.count(Metric.EVENTS_MISSING, 1);
    List<Subscription> waiting =
        feed.pendingReads().remove(request -> beginsAt(request, e.cursor()));
    try {
      var unused = threads.after(DAMAGED_RETRY, () -> give(waiting, new ReadResult.LookAgain()));
    } catch (RuntimeException | Error failure) {
      give(waiting, new ReadResult.LookAgain());
    }
  }

  /** One that cannot be queued keeps no other from its result: the next wake queues it. */
  private static void give(List<Subscription> waiting, ReadResult result) {
    for (Subscription subscription : waiting) {
      try {
        subscription.take(result);
      } catch (RuntimeException | Error e) {
        LOG.errorf(
            e,
            "TIDE0409 %s could not be queued; the next poll does it.",
            subscription.deliveryRecord());
      }
    }
  }

  private static boolean beginsAt(ReadRequest request, long cursor) {
    return (request instanceof ReadRequest.Events events && events.from() == cursor)
        || (request instanceof ReadRequest.Compacted compacted && compacted.from() == cursor);
  }

  private void read(Feed feed, ReadRequest request) {
    if (request instanceof ReadRequest.Events events) {
      readEvents(feed, events);
    } else if (request instanceof ReadRequest.Compacted compacted) {
      readCompacted(feed, compacted);
    } else if (request instanceof ReadRequest.Snapshot snapshot) {
      ClientSink client = snapshot.subscription().clientSink();
      client.snapshotSent(); // an earlier one that was not needed
      SnapshotFrame frame =
          snapshots.cut(
              feed.tenantSession(), snapshot.reason().wireName(), client::takeForSnapshot);
      metrics.count(Metric.RESYNCS, 1, snapshot.reason().wireName());
      give(feed, request, new ReadResult.Snapshot(frame));
    }
  }

  /**
   * Reads to the end of the segment from the lowest requested cursor in it, so that clients that
   * were cut off one after another share a read.
   */
  private void readEvents(Feed feed, ReadRequest.Events asked) {
    String epoch = asked.epoch();
    Tail tail = feeds.tail();
    if (!tail.from(feed.sessionKey(), epoch, asked.from()).isEmpty()) {
      give(feed, asked, new ReadResult.LookAgain());
      return;
    }
    long last = tail.lastOfSegment(asked.from());
    long from = feed.pendingReads().lowestFrom(epoch, last - pageEvents + 1, asked.from());
    Feed.Heard before = feed.heard();
    Page page = log.page(feed.tenantSession(), from, (int) (last - from + 1), pageBytes);
    metrics.count(Metric.PAGES_READ, 1);
    if (feed.read(before, page.position())) {
      tail.forgetAfter(feed.sessionKey(), page.position().head());
    }
    List<EncodedEvent> events =
        tail.add(feed.sessionKey(), page.position().epoch(), page.events(), before::howHeard);
    long until = from + Math.max(1, events.size());
    ReadResult result = new ReadResult.Events(page.position(), events);
    give(
        feed.pendingReads()
            .remove(
                request ->
                    request instanceof ReadRequest.Events other
                        && other.epoch().equals(epoch)
                        && other.from() >= from
                        && other.from() < until),
        result);
  }

  /** Bypasses the tail, which holds dense events only. */
  private void readCompacted(Feed feed, ReadRequest.Compacted asked) {
    Page page =
        log.compactPage(feed.tenantSession(), asked.from(), asked.until(), pageEvents, pageBytes);
    metrics.count(Metric.PAGES_READ, 1);
    List<EncodedEvent> events = page.events().stream().map(EncodedEvent::new).toList();
    give(feed, asked, new ReadResult.Events(page.position(), events));
  }

  private static void give(Feed feed, ReadRequest request, ReadResult result) {
    give(feed.pendingReads().remove(request::equals), result);
  }
}
