package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.wire.ResyncReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order of a session's reads, and the receivers of results; a segment has ten cursors here. */
final class PendingReadsTest {
  private final PendingReads reads = new PendingReads();
  private final Subscription one = subscription();
  private final Subscription two = subscription();

  @Test
  void equalRequestsAreOneReadForAllWhoWait() {
    assertTrue(reads.add(events(1), one));
    assertFalse(reads.add(events(1), two));
    assertEquals(Optional.of(events(1)), next());
    assertEquals(Optional.empty(), next());
    assertEquals(List.of(one, two), reads.remove(events(1)::equals));
  }

  @Test
  void aSessionIsQueuedTwiceAtMostHoweverMuchIsToBeRead() {
    assertTrue(reads.add(events(1), one));
    assertTrue(reads.add(events(11), two));
    assertFalse(reads.add(events(21), one));
    assertFalse(reads.queueAgain());
  }

  @Test
  void aSessionWithNothingToBeginIsQueuedOnceLess() {
    assertTrue(reads.add(events(1), one));
    assertEquals(Optional.of(events(1)), next());
    assertEquals(Optional.empty(), next());
    assertTrue(reads.queueAgain());
  }

  @Test
  void readsBeginInTheOrderInWhichTheyWereAskedFor() {
    var first = reads.add(snapshot(), one);
    var second = reads.add(events(11), two);
    assertTrue(first && second);
    assertEquals(Optional.of(snapshot()), next());
    assertEquals(Optional.of(events(11)), next());
  }

  @Test
  void aSegmentThatIsBeingReadIsNotReadAgainForAnotherCursorInIt() {
    assertTrue(reads.add(events(3), one));
    assertEquals(Optional.of(events(3)), next());
    assertFalse(reads.add(events(10), two) && next().isPresent());
    reads.end(events(3));
    assertEquals(List.of(one), reads.remove(events(3)::equals));
    assertEquals(Optional.of(events(10)), next(), "it was not answered by the read before");
  }

  @Test
  void aReadThatFailedIsTriedAgainAfterTheOthers() {
    assertTrue(reads.add(events(1), one));
    assertTrue(reads.add(events(11), two));
    assertEquals(Optional.of(events(1)), next());
    reads.end(events(1));
    reads.moveToEnd(events(1));
    assertEquals(Optional.of(events(11)), next());
    assertEquals(Optional.of(events(1)), next());
    assertEquals(List.of(one), reads.remove(events(1)::equals), "and is still waited for");
  }

  @Test
  void aReadThatWasAnsweredMeanwhileIsNotPutBack() {
    assertTrue(reads.add(events(1), one));
    assertEquals(Optional.of(events(1)), next());
    assertEquals(List.of(one), reads.remove(any -> true));
    reads.end(events(1));
    reads.moveToEnd(events(1));
    assertEquals(Optional.empty(), next());
  }

  @Test
  void aReadAheadIsJoinedByASubscriptionThatNeedsIt() {
    assertTrue(reads.addAhead(events(1)));
    assertFalse(reads.add(events(1), one));
    assertEquals(Optional.of(events(1)), next());
    assertEquals(List.of(one), reads.remove(any -> true));
  }

  @Test
  void aReadBeginsAtTheLowestCursorOfItsSegmentThatIsWaitedFor() {
    reads.add(events(17), one);
    reads.add(events(13), two);
    reads.add(events(9), one);
    reads.add(new ReadRequest.Events("two", 12), two);
    assertEquals(13, reads.lowestFrom(Delivered.EPOCH, 11, 17));
    assertEquals(11, reads.lowestFrom(Delivered.EPOCH, 11, 11));
  }

  /** Otherwise it would count as queued for good, and what waits would not be read. */
  @Test
  void aSessionIsQueuedOnceLessIfTheNextReadCannotBeFound() {
    assertTrue(reads.add(events(1), one));
    assertEquals(Optional.of(events(1)), next());
    assertTrue(reads.add(events(11), two));
    assertThrows(
        OutOfMemoryError.class,
        () ->
            reads.beginNext(
                cursor -> {
                  throw new OutOfMemoryError("as told");
                }));
    assertTrue(reads.queueAgain());
    assertEquals(Optional.of(events(11)), next());
  }

  /** The memory for its new place is not there; whoever waits for it must not be forgotten. */
  @Test
  void aReadThatCannotBeMovedStaysWhereItIs() {
    boolean[] isShort = {false};
    PendingReads kept =
        new PendingReads(
            new LinkedHashMap<>() {
              @Override
              public List<Subscription> put(ReadRequest request, List<Subscription> waiting) {
                if (isShort[0]) {
                  throw new OutOfMemoryError("as told");
                }
                return super.put(request, waiting);
              }

              @Override
              public Set<Map.Entry<ReadRequest, List<Subscription>>> entrySet() {
                if (isShort[0]) {
                  throw new OutOfMemoryError("as told");
                }
                return super.entrySet();
              }
            });
    assertTrue(kept.add(events(1), one));
    isShort[0] = true;
    assertThrows(OutOfMemoryError.class, () -> kept.moveToEnd(events(1)));
    isShort[0] = false;
    assertEquals(List.of(one), kept.remove(events(1)::equals));
  }

  @Test
  void whoWaitsIsTakenOutWithAllOthersOrNotAtAll() {
    assertTrue(reads.add(events(1), one));
    assertTrue(reads.add(events(11), two));
    assertThrows(
        OutOfMemoryError.class,
        () ->
            reads.remove(
                request -> {
                  if (request.equals(events(11))) {
                    throw new OutOfMemoryError("as told");
                  }
                  return true;
                }));
    assertEquals(List.of(one, two), reads.remove(any -> true));
  }

  private Optional<ReadRequest> next() {
    return reads.beginNext(cursor -> (cursor + 9) / 10 * 10);
  }

  private static ReadRequest events(long from) {
    return new ReadRequest.Events(Delivered.EPOCH, from);
  }

  private ReadRequest snapshot() {
    return new ReadRequest.Snapshot(one, ResyncReason.LAGGED);
  }

  private static Subscription subscription() {
    return new Subscription(
        new Feed(Delivered.SESSION, Delivered.at(0, 1)),
        new Tail(0, 0, 10),
        Delivered.join(0, 0),
        new FakeClient(1),
        0,
        false,
        new FakeNode());
  }
}
