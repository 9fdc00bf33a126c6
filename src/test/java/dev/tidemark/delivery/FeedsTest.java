package dev.tidemark.delivery;

import static dev.tidemark.delivery.Delivered.EPOCH;
import static dev.tidemark.delivery.Delivered.SESSION;
import static dev.tidemark.delivery.Delivered.at;
import static dev.tidemark.delivery.Delivered.events;
import static dev.tidemark.delivery.Delivered.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Appended;
import dev.tidemark.log.EventLog;
import dev.tidemark.wire.EncodedEvent.Heard;
import dev.tidemark.wire.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commits, hints and polls reach all subscriptions of their session; none is lost. */
final class FeedsTest {
  private static final long KEY = SESSION.sessionKey();

  private final Tail tail = new Tail(100, 1_000_000, 4);
  private final Map<Long, Position> stored = new HashMap<>();
  private final Map<Subscription, Feed> feedsOf = new HashMap<>();
  private final FakeNode node = new FakeNode();
  private final FakeClient client = new FakeClient(100);
  private final Feeds feeds = new Feeds(new StoredPositions(), tail);

  /** Reports the heads that are in the database. */
  private final class StoredPositions extends EventLog {
    @Override
    public Map<Long, Position> positions(Collection<Long> sessionKeys) {
      Map<Long, Position> found = new HashMap<>(stored);
      found.keySet().retainAll(sessionKeys);
      return found;
    }
  }

  @Test
  void aCommitIsInTheTailAndWakesTheSubscriptions() {
    Subscription subscription = subscribe(0);
    feeds.appended(new Appended(KEY, at(2, 1), events(1, 2)));
    assertEquals(1, node.ready());
    node.run();
    assertEquals(List.of("replay_complete 0", "broadcast 1", "broadcast 2"), client.frames());
    assertEquals(at(2, 1), subscription.position());
  }

  @Test
  void aHintWakesTheSubscriptionsAndIsReadBeforeItIsSent() {
    Subscription subscription = subscribe(0);
    feeds.hinted(KEY, 1);
    node.run();
    assertEquals(List.of("replay_complete 0"), client.frames());
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 1)), node.requests());
    assertEquals(0, subscription.position().head(), "a hint is no position");
  }

  @Test
  void anEventTellsWhetherItWasAppendedHereOrOnlyHintedAt() {
    Feed feed = feedsOf.get(subscribe(0));
    long before = System.nanoTime();
    feeds.appended(new Appended(KEY, at(1, 1), events(1, 1)));
    Heard appended = tail.from(KEY, EPOCH, 1).get(0).heard();
    assertTrue(appended.appendedHere() && appended.nanos() - before >= 0);

    feeds.hinted(KEY, 2);
    long afterTheFirst = System.nanoTime();
    feeds.hinted(KEY, 3);
    Heard hinted = feed.heard().howHeard(events(3, 3).get(0));
    assertTrue(!hinted.appendedHere() && afterTheFirst - hinted.nanos() >= 0);
    assertNull(feed.heard().howHeard(events(1, 1).get(0)), "it was known before");
  }

  @Test
  void aCommitBetweenJoinAndSubscriptionIsNotMissed() {
    feeds.appended(new Appended(KEY, at(1, 1), events(1, 1)));
    subscribe(0);
    assertEquals(1, node.ready(), "woken by the head that nobody had heard");
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 1)), node.requests());
  }

  @Test
  void aHintBetweenJoinAndSubscriptionIsNotMissed() {
    feeds.hinted(KEY, 1);
    subscribe(0);
    assertEquals(1, node.ready());
  }

  @Test
  void aHeadThatTheLastSubscriptionKnewIsToldToTheNext() {
    Subscription subscription = subscribe(0);
    feeds.hinted(KEY, 3);
    node.run();
    feeds.unsubscribe(feedOf(subscription), subscription);
    subscribe(0);
    assertEquals(1, node.ready());
  }

  @Test
  void aFeedGoesWithItsLastSubscriptionAndIsWokenNoMore() {
    Subscription first = subscribe(0);
    Subscription second = subscribe(0);
    assertEquals(feedOf(first), feedOf(second));
    feeds.unsubscribe(feedOf(first), first);
    feeds.hinted(KEY, 1);
    assertEquals(1, node.ready());
    feeds.unsubscribe(feedOf(second), second);
    feeds.hinted(KEY, 2);
    assertEquals(1, node.ready());
    assertNotEquals(feedOf(second), feedOf(subscribe(0)));
  }

  @Test
  void aNewFeedForgetsEventsOfTheTailBeyondTheHeadOfItsJoin() {
    var unused = tail.add(KEY, EPOCH, events(1, 3));
    subscribe(2);
    assertEquals(List.of(), tail.from(KEY, EPOCH, 3));
  }

  @Test
  void aPollWakesTheSubscriptionsThatAreBehindAndNoOthers() {
    subscribe(1);
    stored.put(KEY, at(1, 1));
    feeds.poll();
    assertEquals(0, node.ready());
    stored.put(KEY, at(2, 1));
    feeds.poll();
    assertEquals(1, node.ready());
  }

  @Test
  void aPollThatFindsTheSessionGoneEndsItsConnections() {
    subscribe(1);
    feeds.poll();
    assertTrue(client.isGone());
  }

  @Test
  void aPollThatFindsTheHeadMovedBackForgetsTheEventsBeyondIt() {
    Subscription subscription = subscribe(0);
    feeds.appended(new Appended(KEY, at(8, 1), events(1, 8)));
    stored.put(KEY, at(4, 1));
    feeds.poll();
    assertEquals(at(4, 1), subscription.position());
    assertEquals(4, tail.from(KEY, EPOCH, 1).size());
    assertEquals(List.of(), tail.from(KEY, EPOCH, 5));
  }

  private Feed feedOf(Subscription subscription) {
    return feedsOf.get(subscription);
  }

  private Subscription subscribe(long head) {
    return feeds.subscribe(
        SESSION,
        at(head, 1),
        feed -> {
          Subscription made =
              new Subscription(feed, tail, join(head, head), client, 0, false, node);
          feedsOf.put(made, feed);
          return made;
        });
  }
}
