package dev.tidemark.delivery;

import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendHint;
import dev.tidemark.log.Appended;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import dev.tidemark.wire.EncodedEvent.Heard;
import dev.tidemark.wire.Position;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The sessions that clients of this node are subscribed to. A feed lives as long as its last
 * subscription.
 */
@ApplicationScoped
public class Feeds {
  private static final int SESSIONS_PER_POLL = 1_000;
  private static final int MISSED_HEADS = 10_000;

  @Inject EventLog log;
  @Inject Settings settings;
  @Inject Metrics metrics;

  /**
   * Subscriptions are added and the last one removed within {@code compute}, so that none is added
   * to a feed that is being dropped.
   */
  private final Map<Long, Feed> feeds = new ConcurrentHashMap<>();

  private final MissedHeads missedHeads = new MissedHeads(MISSED_HEADS);

  private Tail tail;

  Feeds() {}

  /** Creates feeds without a container. */
  Feeds(EventLog log, Tail tail) {
    this.log = log;
    this.tail = tail;
  }

  @PostConstruct
  void prepare() {
    tail =
        new Tail(
            settings.get(DeliverySettings.TAIL_EVENTS),
            settings.get(DeliverySettings.TAIL_BYTES),
            settings.get(DeliverySettings.PAGE_EVENTS));
    metrics.gauge(Metric.FEEDS, feeds::size);
    metrics.gauge(Metric.TAIL_EVENTS, tail::events);
    metrics.gauge(Metric.TAIL_BYTES, tail::bytes);
  }

  Tail tail() {
    return tail;
  }

  /**
   * Adds a subscription to the feed of its session, or throws and does not.
   *
   * @param joinedAt the session's position when the client joined
   * @param subscribe the function that makes the subscription to a feed
   */
  Subscription subscribe(
      TenantSession tenantSession, Position joinedAt, Function<Feed, Subscription> subscribe) {
    List<Subscription> made = new ArrayList<>(1);
    try {
      feeds.compute(
          tenantSession.sessionKey(),
          (key, existing) -> {
            Feed feed = existing == null ? newFeed(tenantSession, joinedAt) : existing;
            feed.advanceTo(joinedAt);
            made.add(subscribe.apply(feed));
            feed.subscriptions().add(made.get(0));
            return feed;
          });
      missedHeads
          .take(tenantSession.sessionKey())
          .ifPresent(head -> hintFeed(tenantSession.sessionKey(), head));
      return made.get(0);
    } catch (RuntimeException | Error e) {
      made.forEach(Subscription::close);
      throw e;
    }
  }

  /**
   * Forgets the events beyond the head that the join has read: without a feed no poll covered them,
   * and they may be of a history that a restore removed.
   */
  private Feed newFeed(TenantSession tenantSession, Position joinedAt) {
    tail.forgetAfter(tenantSession.sessionKey(), joinedAt.head());
    return new Feed(tenantSession, joinedAt);
  }

  /** Removes a subscription, and with the last one the feed. */
  void unsubscribe(Feed feed, Subscription subscription) {
    feeds.computeIfPresent(
        feed.sessionKey(),
        (key, existing) -> {
          existing.subscriptions().remove(subscription);
          if (!existing.subscriptions().isEmpty()) {
            return existing;
          }
          missedHeads.add(
              key, existing.highest()); // for a client that has joined and subscribes next
          return null;
        });
  }

  void forEach(Consumer<Feed> action) {
    feeds.values().forEach(action);
  }

  /** Takes in committed events, which may be shown at once (R2). */
  void appended(@Observes Appended event) {
    long sessionKey = event.sessionKey();
    String epoch = event.position().epoch();
    Feed feed = feeds.get(sessionKey);
    if (feed == null) {
      tail.addIfNext(sessionKey, epoch, event.events());
      missed(sessionKey, event.position().head());
      return;
    }
    Heard heard = new Heard(System.nanoTime(), true);
    var unused = tail.add(sessionKey, epoch, event.events(), any -> heard);
    feed.advanceTo(event.position());
    feed.subscriptions().forEach(Subscription::wake);
    if (!isCurrent(feed)) {
      missed(sessionKey, event.position().head());
    }
  }

  /** Takes in a head that is only a hint, even after the commit. */
  void announced(@Observes(during = TransactionPhase.AFTER_SUCCESS) AppendHint event) {
    hinted(event.sessionKey(), event.head());
  }

  /** Takes in a hint that a session's head has moved, here or on another node. */
  void hinted(long sessionKey, long head) {
    if (!hintFeed(sessionKey, head)) {
      missed(sessionKey, head);
    }
  }

  private boolean hintFeed(long sessionKey, long head) {
    Feed feed = feeds.get(sessionKey);
    if (feed == null) {
      return false;
    }
    feed.hint(head);
    feed.subscriptions().forEach(Subscription::wake);
    return isCurrent(feed);
  }

  /** Whether the feed is still in {@link #feeds}, not dropped meanwhile. */
  private boolean isCurrent(Feed feed) {
    return feeds.get(feed.sessionKey()) == feed;
  }

  /**
   * Keeps the missed head first and then looks up the feed. A new feed is put into {@link #feeds}
   * first, and then the missed heads are looked up. So one of the two sees the other.
   */
  private void missed(long sessionKey, long head) {
    missedHeads.add(sessionKey, head);
    hintFeed(sessionKey, head);
  }

  /**
   * Reads the positions of all feeds anew: a hint may have been lost, the floor may have risen, the
   * database may be another.
   */
  void poll() {
    List<Feed> all = new ArrayList<>(feeds.values());
    for (int from = 0; from < all.size(); from += SESSIONS_PER_POLL) {
      poll(all.subList(from, Math.min(all.size(), from + SESSIONS_PER_POLL)));
    }
  }

  private void poll(List<Feed> some) {
    Map<Long, Feed.Heard> before = new HashMap<>();
    some.forEach(feed -> before.put(feed.sessionKey(), feed.heard()));
    Map<Long, Position> read = log.positions(before.keySet());
    for (Feed feed : some) {
      Position position = read.get(feed.sessionKey());
      if (position == null) {
        feed.subscriptions().forEach(Subscription::sessionGone);
      } else {
        if (feed.read(before.get(feed.sessionKey()), position)) {
          tail.forgetAfter(feed.sessionKey(), position.head());
        }
        feed.subscriptions().forEach(Subscription::wakeIfBehind);
      }
    }
  }
}
