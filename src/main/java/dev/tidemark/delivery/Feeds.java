package dev.tidemark.delivery;

import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendHint;
import dev.tidemark.log.Appended;
import dev.tidemark.log.EventLog;
import dev.tidemark.log.TenantSession;
import dev.tidemark.ops.Metrics;
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
import java.util.function.Function;

/**
 * The sessions that somebody on this node listens to. A feed lives as long as its last
 * subscription.
 */
@ApplicationScoped
public class Feeds {
  private static final int POLL_SESSIONS = 1_000;
  private static final int UNHEARD_SESSIONS = 10_000;

  @Inject EventLog log;
  @Inject Settings settings;
  @Inject Metrics metrics;

  /**
   * Subscriptions are added and the last one removed within {@code compute}, so that nobody joins a
   * feed that is being dropped.
   */
  private final Map<Long, Feed> feeds = new ConcurrentHashMap<>();

  private final MissedHeads unheard = new MissedHeads(UNHEARD_SESSIONS);

  private Tail tail;

  @PostConstruct
  void prepare() {
    tail =
        new Tail(
            settings.get(DeliverySettings.TAIL_EVENTS),
            settings.get(DeliverySettings.TAIL_BYTES),
            settings.get(DeliverySettings.PAGE_EVENTS));
    metrics.gauge("feeds", feeds::size);
    metrics.gauge("tail.events", tail::events);
    metrics.gauge("tail.bytes", tail::bytes);
  }

  Tail tail() {
    return tail;
  }

  Subscription subscribe(
      TenantSession tenantSession, Position joinedAt, Function<Feed, Subscription> subscribe) {
    List<Subscription> made = new ArrayList<>(1);
    feeds.compute(
        tenantSession.sessionKey(),
        (key, existing) -> {
          Feed feed = existing == null ? first(tenantSession, joinedAt) : existing;
          feed.advanceTo(joinedAt);
          Subscription subscription = subscribe.apply(feed);
          feed.subscriptions().add(subscription);
          made.add(subscription);
          return feed;
        });
    unheard
        .take(tenantSession.sessionKey())
        .ifPresent(head -> hintTo(tenantSession.sessionKey(), head));
    return made.get(0);
  }

  /**
   * What the tail kept while nobody listened was not watched by any poll: what lies beyond the head
   * that the join has read may be of a history that a restore took.
   */
  private Feed first(TenantSession tenantSession, Position joinedAt) {
    tail.forgetAfter(tenantSession.sessionKey(), joinedAt.head());
    return new Feed(tenantSession, joinedAt);
  }

  void unsubscribe(Feed feed, Subscription subscription) {
    feeds.computeIfPresent(
        feed.sessionKey(),
        (key, existing) -> {
          existing.subscriptions().remove(subscription);
          if (!existing.subscriptions().isEmpty()) {
            return existing;
          }
          unheard.add(key, existing.highest()); // for who was let in before and listens next
          return null;
        });
  }

  /** These events are committed, whatever happens now: they may be shown at once (R2). */
  void appended(@Observes Appended event) {
    long sessionKey = event.sessionKey();
    String epoch = event.position().epoch();
    Feed feed = feeds.get(sessionKey);
    if (feed == null) {
      tail.addIfNext(sessionKey, epoch, event.events());
      unheard(sessionKey, event.position().head());
      return;
    }
    var unused = tail.add(sessionKey, epoch, event.events());
    feed.advanceTo(event.position());
    feed.subscriptions().forEach(Subscription::wake);
    if (!isStill(feed)) {
      unheard(sessionKey, event.position().head());
    }
  }

  /** A hint only, even after the commit. */
  void announced(@Observes(during = TransactionPhase.AFTER_SUCCESS) AppendHint event) {
    hinted(event.sessionKey(), event.head());
  }

  /** Takes in that a session's head has perhaps moved, here or on another node. */
  void hinted(long sessionKey, long head) {
    if (!hintTo(sessionKey, head)) {
      unheard(sessionKey, head);
    }
  }

  private boolean hintTo(long sessionKey, long head) {
    Feed feed = feeds.get(sessionKey);
    if (feed == null) {
      return false;
    }
    feed.hint(head);
    feed.subscriptions().forEach(Subscription::wake);
    return isStill(feed);
  }

  /** Whether a feed that was just told something had not been dropped. */
  private boolean isStill(Feed feed) {
    return feeds.get(feed.sessionKey()) == feed;
  }

  /**
   * Whoever begins to listen is in {@link #feeds} first and then looks here; what nobody hears is
   * put here first and then looked for there: so one of the two sees the other.
   */
  private void unheard(long sessionKey, long head) {
    unheard.add(sessionKey, head);
    hintTo(sessionKey, head);
  }

  /**
   * Reads all positions anew: a hint may have been lost, the floor may have risen, the database may
   * be another.
   */
  void poll() {
    List<Feed> all = new ArrayList<>(feeds.values());
    for (int from = 0; from < all.size(); from += POLL_SESSIONS) {
      poll(all.subList(from, Math.min(all.size(), from + POLL_SESSIONS)));
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
