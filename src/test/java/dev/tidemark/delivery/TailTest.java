package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.wire.EventFrame;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The newest events in memory: dense, of one epoch, bounded; anything else is left to the database.
 */
final class TailTest {
  private static final String EPOCH = "one";
  private final Tail tail = new Tail(4, 1_000);

  @Test
  void itGivesWhatFollowsACursorThatItHolds() {
    tail.add(EPOCH, events(5, 7));
    assertEquals(List.of(5L, 6L, 7L), from(5));
    assertEquals(List.of(7L), from(7));
    assertEquals(List.of(), from(8));
  }

  @Test
  void itGivesNothingFromACursorThatItHasForgotten() {
    tail.add(EPOCH, events(1, 6));
    assertEquals(List.of(), from(2), "a page from 2 would begin at 3");
    assertEquals(List.of(3L, 4L, 5L, 6L), from(3));
  }

  @Test
  void aCommitThatIsToldLateIsNotPutBehindANewerOne() {
    tail.add(EPOCH, events(3, 4));
    tail.add(EPOCH, events(1, 2));
    assertEquals(List.of(3L, 4L), from(3));
    assertEquals(List.of(), from(1));
  }

  @Test
  void aGapReplacesWhatWasBefore() {
    tail.add(EPOCH, events(1, 2));
    tail.add(EPOCH, events(4, 5));
    assertEquals(List.of(), from(2));
    assertEquals(List.of(4L, 5L), from(4));
    tail.add(EPOCH, events(3, 3));
    assertEquals(List.of(), from(3));
  }

  @Test
  void whatIsToldTwiceIsHeldOnce() {
    tail.add(EPOCH, events(1, 2));
    tail.add(EPOCH, events(1, 3));
    assertEquals(List.of(1L, 2L, 3L), from(1));
  }

  @Test
  void anotherEpochBeginsAnew() {
    tail.add(EPOCH, events(1, 2));
    tail.add("two", events(2, 3));
    assertEquals(List.of(), from(1));
    assertEquals(List.of(), from(2));
    assertEquals(2, tail.from("two", 2, 10).size());
  }

  @Test
  void itHoldsNoMoreBytesThanItMay() {
    Tail small = new Tail(100, 30); // each payload has 10 bytes
    small.add(EPOCH, events(1, 5));
    assertEquals(List.of(), small.from(EPOCH, 2, 10));
    assertEquals(3, small.from(EPOCH, 3, 10).size());
  }

  @Test
  void aTailOfNothingHoldsNothing() {
    Tail none = new Tail(0, 1_000);
    none.add(EPOCH, events(1, 2));
    assertEquals(List.of(), none.from(EPOCH, 1, 10));
    Tail noBytes = new Tail(10, 5);
    noBytes.add(EPOCH, events(1, 1));
    noBytes.add(EPOCH, events(2, 2));
    assertEquals(List.of(), noBytes.from(EPOCH, 2, 10));
  }

  @Test
  void itGivesNoMoreThanIsAskedFor() {
    tail.add(EPOCH, events(1, 4));
    assertEquals(2, tail.from(EPOCH, 1, 2).size());
  }

  private List<Long> from(long cursor) {
    return tail.from(EPOCH, cursor, 100).stream().map(EventFrame::cursor).toList();
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
