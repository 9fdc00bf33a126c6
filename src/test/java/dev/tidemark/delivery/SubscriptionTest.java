package dev.tidemark.delivery;

import static dev.tidemark.delivery.Delivered.EPOCH;
import static dev.tidemark.delivery.Delivered.at;
import static dev.tidemark.delivery.Delivered.encoded;
import static dev.tidemark.delivery.Delivered.events;
import static dev.tidemark.delivery.Delivered.join;
import static dev.tidemark.delivery.Delivered.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.wire.EncodedEvent.Heard;
import dev.tidemark.wire.Position;
import dev.tidemark.wire.ResyncReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events that one client is sent, their order, and the reads made for it. */
final class SubscriptionTest {
  private static final int SEGMENT = 4;

  private final Tail tail = new Tail(100, 1_000_000, SEGMENT);
  private final Feed feed = new Feed(Delivered.SESSION, at(0, 1));
  private final FakeNode node = new FakeNode();
  private FakeClient client = new FakeClient(100);

  @Test
  void aReplayEndsAtTheHeadOfTheJoinAndLiveEventsFollow() {
    committed(1, 4);
    Subscription subscription = subscribe(1, 3);
    node.run();
    assertEquals(List.of("replay 2", "replay 3", "replay_complete 3", "broadcast 4"), frames());
    committed(5, 6);
    subscription.wake();
    node.run();
    assertEquals(List.of("broadcast 5", "broadcast 6"), frames());
    assertEquals(6, subscription.progress().sentCursor());
    assertEquals(List.of(), node.requests(), "the tail held all of it");
  }

  @Test
  void aClientThatMissedNothingIsToldSoAtOnce() {
    Subscription subscription = subscribe(0, 0);
    assertTrue(subscription.isReplaying());
    node.run();
    assertEquals(List.of("replay_complete 0"), frames());
    assertFalse(subscription.isReplaying());
  }

  @Test
  void aFullWindowHoldsTheRestBackAndRoomLetsItGoOn() {
    client = new FakeClient(2);
    committed(1, 5);
    Subscription subscription = subscribe(0, 5);
    node.run();
    assertEquals(List.of("replay 1", "replay 2"), frames());
    subscription.wake();
    node.run();
    assertEquals(List.of(), frames(), "nothing was read");
    client.readAll();
    subscription.wake();
    node.run();
    assertEquals(List.of("replay 3", "replay 4"), frames());
    client.readAll();
    subscription.wake();
    node.run();
    assertEquals(List.of("replay 5", "replay_complete 5"), frames());
  }

  @Test
  void aPageForWhichThereIsNoMemoryIsForgottenAndTheRestIsReadAgain() {
    client = new FakeClient(2);
    client.keepNothing();
    feed.advanceTo(at(4, 1));
    Subscription subscription = subscribe(0, 4);
    node.run();
    subscription.take(new ReadResult.Events(at(4, 1), encoded(1, 4)));
    node.run();
    assertEquals(List.of("replay 1", "replay 2"), frames());
    client.readAll();
    subscription.wake();
    node.run();
    assertEquals(
        List.of(new ReadRequest.Events(EPOCH, 1), new ReadRequest.Events(EPOCH, 3)),
        node.requests());
    subscription.take(new ReadResult.Events(at(4, 1), encoded(1, 4)));
    node.run();
    assertEquals(List.of("replay 3", "replay 4", "replay_complete 4"), frames());
  }

  @Test
  void eventsThatTheTailLacksAreRequestedOnceAndSentWhenTheyCome() {
    feed.advanceTo(at(3, 1));
    Subscription subscription = subscribe(0, 3);
    node.run();
    subscription.wake();
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 1)), node.requests());
    assertEquals(List.of(), frames());
    subscription.take(new ReadResult.Events(at(3, 1), encoded(1, 3)));
    node.run();
    assertEquals(List.of("replay 1", "replay 2", "replay 3", "replay_complete 3"), frames());
    assertEquals(List.of(4L), node.readAhead(), "and the events after them are read meanwhile");
  }

  @Test
  void aReadThatCouldNotBeAskedForIsAskedForByTheNextLook() {
    feed.advanceTo(at(3, 1));
    Subscription subscription = subscribe(0, 3);
    node.failNextRead(new OutOfMemoryError("as told"));
    assertThrows(OutOfMemoryError.class, node::run);
    subscription.forget(); // as the scheduler does, or it looks again soon
    subscription.wake();
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 1)), node.requests());
    subscription.take(new ReadResult.Events(at(3, 1), encoded(1, 3)));
    node.run();
    assertEquals(List.of("replay 1", "replay 2", "replay 3", "replay_complete 3"), frames());
  }

  @Test
  void aPageThatBeganBelowTheCursorIsSentFromTheCursorOn() {
    feed.advanceTo(at(4, 1));
    Subscription subscription = subscribe(2, 4);
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 3)), node.requests());
    subscription.take(new ReadResult.Events(at(4, 1), encoded(1, 4)));
    node.run();
    assertEquals(List.of("replay 3", "replay 4", "replay_complete 4"), frames());
  }

  @Test
  void aResultThatSaysLookAgainBringsWhatTheTailHoldsByNow() {
    feed.advanceTo(at(1, 1));
    Subscription subscription = subscribe(0, 1);
    node.run();
    committed(1, 1);
    subscription.take(new ReadResult.LookAgain());
    node.run();
    assertEquals(List.of("replay 1", "replay_complete 1"), frames());
  }

  @Test
  void aSlowClientThatTheFloorOvertookGetsASnapshotAlsoIfItsPageIsInMemory() {
    client = new FakeClient(2);
    committed(1, 4);
    Subscription subscription = subscribe(0, 4);
    node.run();
    assertEquals(List.of("replay 1", "replay 2"), frames());
    feed.advanceTo(at(6, 4));
    client.readAll();
    subscription.wake();
    node.run();
    assertEquals(List.of(), frames(), "not one event below the floor");
    assertEquals(
        List.of(new ReadRequest.Snapshot(subscription, ResyncReason.LAGGED)), node.requests());
  }

  @Test
  void afterASnapshotTheReplayIsCompleteAndLiveEventsGoOnFromIt() {
    feed.advanceTo(at(6, 4));
    Subscription subscription = subscribe(1, 3);
    node.run();
    assertEquals(
        List.of(new ReadRequest.Snapshot(subscription, ResyncReason.LAGGED)), node.requests());
    subscription.take(new ReadResult.Snapshot(snapshot("lagged", at(6, 4))));
    node.run();
    assertEquals(List.of("snapshot lagged 6", "replay_complete 6"), frames());
    assertEquals(1, node.resyncs().size());
    assertEquals(1, node.resyncs().get(0).fromCursor());
    committed(7, 7);
    subscription.wake();
    node.run();
    assertEquals(List.of("broadcast 7"), frames());
  }

  @Test
  void anotherEpochBringsASnapshotAndItsEventsFollow() {
    committed(1, 1);
    Subscription subscription = subscribe(1, 1);
    node.run();
    Position other = new Position("two", 1, 1);
    feed.advanceTo(other);
    subscription.wake();
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 2)), node.requests());
    subscription.take(new ReadResult.Events(other, encoded(2, 2)));
    node.run();
    assertEquals(
        List.of(new ReadRequest.Snapshot(subscription, ResyncReason.EPOCH_CHANGED)),
        node.requests());
    subscription.take(new ReadResult.Snapshot(snapshot("epoch_changed", other)));
    node.run();
    var unused = tail.add(1, "two", events(2, 2));
    feed.advanceTo(new Position("two", 2, 1));
    subscription.wake();
    node.run();
    assertEquals(List.of("replay_complete 1", "snapshot epoch_changed 1", "broadcast 2"), frames());
  }

  @Test
  void aHeadBeforeTheCursorBringsASnapshot() {
    feed.advanceTo(at(5, 1));
    Subscription subscription = subscribe(5, 5);
    node.run();
    Position restored = at(3, 1);
    assertTrue(feed.read(feed.heard(), restored), "a restore took two events");
    subscription.wake();
    node.run();
    subscription.take(new ReadResult.Events(restored, List.of()));
    node.run();
    assertEquals(
        List.of(
            new ReadRequest.Events(EPOCH, 6),
            new ReadRequest.Snapshot(subscription, ResyncReason.AHEAD_OF_HEAD)),
        node.requests());
  }

  @Test
  void aReadThatFindsNothingNewResyncsNobody() {
    feed.advanceTo(at(2, 1));
    Subscription subscription = subscribe(2, 2);
    feed.hint(3);
    node.run();
    assertEquals(List.of(new ReadRequest.Events(EPOCH, 3)), node.requests());
    assertFalse(feed.read(feed.heard(), at(2, 1)), "the announced event was never committed");
    subscription.take(new ReadResult.Events(at(2, 1), List.of()));
    node.run();
    assertEquals(List.of(), node.requests());
    assertEquals(List.of("replay_complete 2"), frames());
  }

  @Test
  void aCompactReplayIsReadFromTheDatabaseAlsoIfTheTailHoldsIt() {
    committed(1, 4);
    Subscription subscription = new Subscription(feed, tail, join(0, 4), client, 0, true, node);
    subscription.wake();
    node.run();
    assertEquals(List.of(new ReadRequest.Compacted(EPOCH, 1, 4)), node.requests());
    subscription.take(new ReadResult.Events(at(4, 1), encoded(4, 4)));
    node.run();
    assertEquals(List.of("replay 1-4", "replay_complete 4"), frames());
  }

  @Test
  void nothingIsSentOnceItIsClosedAlsoIfThatHappensDuringALook() {
    committed(1, 4);
    Subscription subscription = subscribe(0, 4);
    client.duringNextSend(subscription::close);
    node.run();
    assertEquals(List.of("replay 1"), frames());
    assertEquals(List.of(subscription), node.unsubscribed());
    subscription.wake();
    node.run();
    assertEquals(List.of(), frames());
  }

  @Test
  void aSnapshotThatComesAfterTheCloseIsNotSentAndNotRecorded() {
    feed.advanceTo(at(6, 4));
    Subscription subscription = subscribe(1, 3);
    node.run();
    subscription.close();
    subscription.take(new ReadResult.Snapshot(snapshot("lagged", at(6, 4))));
    node.run();
    assertEquals(List.of(), frames());
    assertEquals(List.of(), node.resyncs());
  }

  @Test
  void aWakeDuringALookBringsAnotherLookAndNotASecondWorker() {
    committed(1, 1);
    Subscription subscription = subscribe(0, 1);
    client.duringNextSend(
        () -> {
          committed(2, 2);
          subscription.wake();
          assertEquals(0, node.ready(), "a worker has it");
        });
    node.run();
    assertEquals(List.of("replay 1", "replay_complete 1", "broadcast 2"), frames());
  }

  @Test
  void aWakeBetweenALookAndItsEndBringsAnotherLook() {
    Subscription subscription = subscribe(0, 0);
    int claimed = subscription.claim();
    boolean more = subscription.look();
    assertFalse(more);
    subscription.wake();
    assertTrue(subscription.release(claimed, more));
    assertFalse(subscription.release(subscription.claim(), subscription.look()));
  }

  @Test
  void aCompletedSendLooksOnItsOwnThreadUnlessTheSessionIsCrowded() {
    committed(1, 1);
    Subscription subscription = subscribe(0, 1);
    node.run();
    committed(2, 2);
    subscription.lookHere();
    assertEquals(0, node.ready());
    assertEquals(List.of("replay 1", "replay_complete 1", "broadcast 2"), frames());
    for (int i = 0; i < 16; i++) {
      feed.subscriptions().add(new Subscription(feed, tail, join(2, 2), client, 0, false, node));
    }
    committed(3, 3);
    subscription.lookHere();
    assertEquals(1, node.ready());
    assertEquals(List.of(), frames());
    node.run();
    assertEquals(List.of("broadcast 3"), frames());
  }

  @Test
  void aClientThatHasEverythingIsNotWokenByAPoll() {
    committed(1, 1);
    Subscription subscription = subscribe(0, 1);
    node.run();
    subscription.wakeIfBehind();
    assertEquals(0, node.ready());
    feed.hint(2);
    subscription.wakeIfBehind();
    assertEquals(1, node.ready());
  }

  @Test
  void theFirstLiveEventOfALookTellsHowItWasHeardOfAndAReplayedOneDoesNot() {
    committed(1, 2, new Heard(12, true));
    Subscription subscription = subscribe(0, 2);
    node.run();
    assertEquals(List.of(), node.handedOver(), "they were replayed");
    committed(3, 4, new Heard(34, true));
    committed(5, 5, new Heard(5, false));
    subscription.wake();
    node.run();
    subscription.wake();
    node.run();
    assertEquals(List.of(new Heard(34, true), new Heard(5, false)), node.handedOver());
  }

  @Test
  void theTimeOfAReplayIsTakenAtItsEndAndOnlyIfThereWasSomethingToReplay() {
    committed(1, 3);
    Subscription behind = subscribe(0, 3);
    assertTrue(behind.replayNanos().isEmpty());
    node.run();
    assertTrue(behind.replayNanos().orElseThrow() > 0);
    Subscription upToDate = subscribe(3, 3);
    node.run();
    assertFalse(upToDate.isReplaying());
    assertTrue(upToDate.replayNanos().isEmpty());
  }

  private Subscription subscribe(long since, long head) {
    Subscription subscription =
        new Subscription(feed, tail, join(since, head), client, 0, false, node);
    subscription.wake();
    return subscription;
  }

  private void committed(long first, long last) {
    committed(first, last, null);
  }

  private void committed(long first, long last, Heard heard) {
    var unused = tail.add(1, EPOCH, events(first, last), event -> heard);
    feed.advanceTo(at(last, 1));
  }

  private List<String> frames() {
    return client.frames();
  }
}
