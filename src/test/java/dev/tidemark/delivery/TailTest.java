package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tidemark.wire.EncodedEvent;
import dev.tidemark.wire.EventFrame;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Committed events in memory: given dense or not at all, of one epoch, bounded over all sessions;
 * anything else is left to the database.
 */
final class TailTest {
  private static final String EPOCH = "one";
  private static final long A = 1;
  private static final long B = 2;
  private final Tail tail = new Tail(12, 1_000_000, 4);

  @Test
  void itGivesWhatFollowsACursorThatItHoldsToTheEndOfTheSegment() {
    put(A, 5, 10);
    assertEquals(List.of(5L, 6L, 7L, 8L), from(A, 5));
    assertEquals(List.of(7L, 8L), from(A, 7));
    assertEquals(List.of(9L, 10L), from(A, 9));
    assertEquals(List.of(), from(A, 11));
    assertEquals(List.of(), from(A, 4));
    assertEquals(List.of(), from(B, 5));
  }

  @Test
  void aSegmentEndsAtTheSameCursorWhereverAReadBegan() {
    assertEquals(4, tail.lastOfSegment(1));
    assertEquals(4, tail.lastOfSegment(4));
    assertEquals(8, tail.lastOfSegment(5));
  }

  @Test
  void itNeverGivesEventsOverAHole() {
    put(A, 1, 1);
    put(A, 3, 4);
    assertEquals(List.of(1L), from(A, 1));
    assertEquals(List.of(), from(A, 2));
    assertEquals(List.of(3L, 4L), from(A, 3));
    put(A, 2, 2); // a commit that is announced late
    assertEquals(List.of(1L, 2L, 3L, 4L), from(A, 1));
  }

  @Test
  void whatIsToldTwiceIsHeldAndEncodedOnce() {
    List<EncodedEvent> told = tail.add(A, EPOCH, events(1, 2));
    List<EncodedEvent> again = tail.add(A, EPOCH, events(1, 3));
    assertSame(told.get(1), again.get(1));
    assertSame(told.get(1), tail.from(A, EPOCH, 2).get(0));
    assertEquals(3, tail.events());
  }

  @Test
  void whoWasGivenAPartMayReadItWhileTheSegmentGrows() {
    put(A, 1, 1);
    List<EncodedEvent> given = tail.from(A, EPOCH, 1);
    put(A, 2, 4);
    assertEquals(1, given.size());
    assertEquals(1, given.get(0).cursor());
  }

  @Test
  void eventsOfAnotherEpochAreNeverGiven() {
    put(A, 1, 2);
    var unused = tail.add(A, "two", events(2, 3));
    assertEquals(List.of(), from(A, 1));
    assertEquals(List.of(), from(A, 2));
    assertEquals(2, tail.from(A, "two", 2).size());
    assertEquals(2, tail.events());
  }

  @Test
  void theLeastUsedLeaveFirstWhicheverSessionTheyAreOf() {
    put(A, 1, 4);
    put(B, 1, 4);
    put(A, 5, 8);
    assertEquals(4, from(A, 1).size()); // used: now B's are the oldest
    put(B, 5, 5);
    assertEquals(List.of(), from(B, 1));
    assertEquals(4, from(A, 1).size());
    assertEquals(4, from(A, 5).size());
    assertEquals(List.of(5L), from(B, 5));
    assertEquals(9, tail.events());
  }

  @Test
  void itHoldsNoMoreBytesThanItMay() {
    long each = new EncodedEvent(events(1, 1).get(0)).weight();
    Tail small = new Tail(100, 5 * each, 4);
    assertEquals(9, small.add(A, EPOCH, events(1, 9)).size());
    assertEquals(List.of(), small.from(A, EPOCH, 1));
    assertEquals(4, small.from(A, EPOCH, 5).size());
    assertEquals(1, small.from(A, EPOCH, 9).size());
    assertEquals(5 * each, small.bytes());
  }

  @Test
  void aTailOfNothingHoldsNothingAndStillEncodes() {
    Tail none = new Tail(0, 1_000_000, 4);
    assertEquals(2, none.add(A, EPOCH, events(1, 2)).size());
    assertEquals(List.of(), none.from(A, EPOCH, 1));
    assertEquals(0, none.events());
    assertEquals(0, none.bytes());
  }

  @Test
  void aSessionThatNobodyListensToIsFollowedOnlyFromWhatIsHeld() {
    tail.addIfNext(A, EPOCH, events(1, 2));
    assertEquals(0, tail.events());
    put(A, 1, 4);
    tail.addIfNext(A, EPOCH, events(5, 6));
    assertEquals(List.of(5L, 6L), from(A, 5));
    tail.addIfNext(A, EPOCH, events(9, 9));
    assertEquals(List.of(), from(A, 9));
    tail.addIfNext(A, "two", events(7, 7));
    assertEquals(List.of(), tail.from(A, "two", 7));
  }

  @Test
  void whatLiesBeyondTheHeadIsForgotten() {
    put(A, 1, 10);
    tail.forgetAfter(A, 10);
    assertEquals(List.of(9L, 10L), from(A, 9));
    tail.forgetAfter(A, 6);
    assertEquals(List.of(), from(A, 9));
    assertEquals(List.of(), from(A, 7));
    assertEquals(4, from(A, 1).size());
    assertEquals(4, tail.events());
  }

  private void put(long session, long first, long last) {
    var unused = tail.add(session, EPOCH, events(first, last));
  }

  private List<Long> from(long session, long cursor) {
    return tail.from(session, EPOCH, cursor).stream().map(EncodedEvent::cursor).toList();
  }

  private static List<EventFrame> events(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(
            cursor ->
                new EventFrame(
                    cursor,
                    "id-" + cursor,
                    "broadcast",
                    "test",
                    null,
                    Instant.EPOCH,
                    "{\"n\":1234}"))
        .toList();
  }
}
