package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Appends wait for a writer in order, within a bound, and no session is in another's way. */
final class BacklogTest {
  private static final String DATA = "{}";

  private final Backlog backlog = new Backlog(10, 100);

  @Test
  void theFirstWhoComesStartsTheWriterAndTheLastBatchEndsIt() throws Exception {
    Append append = append(1, 1);
    assertTrue(backlog.offer(append));
    assertFalse(backlog.offer(append(1, 1)), "there is one");
    assertEquals(2, take(10, 100).size());
    assertEquals(List.of(), take(10, 100));
    assertTrue(backlog.offer(append(1, 1)), "it has ended");
  }

  @Test
  void aBatchHasAtMostSoManyEventsButAtLeastOneAppend() throws Exception {
    Append large = append(1, 5);
    Append small = append(2, 1);
    Append last = append(3, 2);
    List.of(large, small, last).forEach(backlog::offer);
    assertEquals(List.of(large), take(3, 100));
    assertEquals(List.of(small, last), take(3, 100));
  }

  @Test
  void aBatchHasAtMostSoManyBytes() throws Exception {
    Append first = append(1, 2);
    Append second = append(2, 1);
    List.of(first, second).forEach(backlog::offer);
    assertEquals(List.of(first), take(10, 3L * DATA.length() - 1));
    assertEquals(List.of(second), take(10, 3L * DATA.length()));
  }

  @Test
  void itTakesExactlyAsManyEventsAsAllowedUntilTheyAreSettled() throws Exception {
    Append nine = append(1, 9);
    Append one = append(2, 1);
    backlog.offer(nine);
    backlog.offer(one);
    assertThrows(LogBusyException.class, () -> backlog.offer(append(3, 1)));
    take(10, 100);
    assertThrows(LogBusyException.class, () -> backlog.offer(append(3, 1)), "still in hand");
    backlog.settle(List.of(one));
    backlog.settle(List.of(one)); // counts once
    assertFalse(backlog.offer(append(3, 1)));
    assertThrows(LogBusyException.class, () -> backlog.offer(append(4, 1)));
  }

  @Test
  void itTakesExactlyAsManyBytesAsAllowed() {
    Backlog bytes = new Backlog(1_000, 4L * DATA.length());
    bytes.offer(append(1, 3));
    bytes.offer(append(2, 1));
    assertThrows(LogBusyException.class, () -> bytes.offer(append(3, 1)));
  }

  @Test
  void whatFailedIsNotWrittenAnyMore() throws Exception {
    Append failed = append(1, 1);
    Append next = append(1, 1);
    backlog.offer(failed);
    backlog.offer(next);
    backlog.fail(List.of(failed), new InternalError("of the test"));
    assertEquals(List.of(next), take(10, 100));
    assertTrue(failed.done().isCompletedExceptionally());
  }

  @Test
  void aWriterThatIsGoneIsAskedForAgain() throws Exception {
    Append inHand = append(1, 1);
    backlog.offer(inHand);
    take(10, 100);
    assertFalse(backlog.claimWriter(), "it is at work");
    backlog.endWriter();
    assertTrue(backlog.stillNanos() > 0);
    assertTrue(backlog.claimWriter());
    assertFalse(backlog.claimWriter());
    assertEquals(List.of(inHand), backlog.unfinished());
    backlog.fail(backlog.unfinished(), new InternalError("of the test"));
    assertEquals(List.of(), backlog.unfinished());
    assertEquals(0, backlog.stillNanos());
  }

  @Test
  void whatAloneIsTooMuchGoesAlone() throws Exception {
    Append huge = append(1, 11);
    backlog.offer(huge);
    assertThrows(LogBusyException.class, () -> backlog.offer(append(1, 1)));
    assertEquals(List.of(huge), take(1, 1));
  }

  @Test
  void aParkedSessionWaitsWithAllItsAppendsInOrder() throws Exception {
    AtomicLong clock = new AtomicLong();
    Backlog parking = new Backlog(10, 100, clock::get);
    Append first = append(1, 1);
    Append second = append(1, 1);
    Append other = append(2, 1);
    parking.offer(first);
    assertEquals(List.of(first), parking.take(10, 100, 0));
    parking.offer(second);
    parking.offer(other);
    parking.putBack(List.of(first));
    Append third = append(1, 1);
    parking.offer(third);
    assertEquals(1, parking.parkedSessions());
    assertEquals(List.of(other), parking.take(1, 100, 0));
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
    assertEquals(List.of(first, second, third), parking.take(10, 100, 0), "when its time has come");
  }

  @Test
  void whatIsToBeLookedAtAgainComesFirstInItsSession() throws Exception {
    Append again = append(1, 1);
    Append later = append(1, 1);
    backlog.offer(again);
    take(10, 100);
    backlog.offer(later);
    backlog.putBack(List.of());
    assertEquals(List.of(again, later), take(10, 100));
  }

  @Test
  void anIdleWriterLingersForTheNextAppend() throws Exception {
    Append late = append(1, 1);
    backlog.offer(append(1, 1));
    take(10, 100);
    CompletableFuture<List<Append>> lingering =
        CompletableFuture.supplyAsync(() -> lingeringTake(TimeUnit.MINUTES.toNanos(1)));
    assertFalse(backlog.offer(late), "no other writer is needed");
    assertEquals(List.of(late), lingering.get(20, TimeUnit.SECONDS));
  }

  private List<Append> lingeringTake(long nanos) {
    try {
      return backlog.take(10, 100, nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givingUpFailsEverythingThatWaits() throws Exception {
    Append parked = append(1, 1);
    Append waiting = append(2, 1);
    backlog.offer(parked);
    take(10, 100);
    backlog.putBack(List.of(parked));
    backlog.offer(waiting);
    backlog.abandon(new SQLException("of the test"));
    assertTrue(waiting.done().isCompletedExceptionally());
    assertTrue(parked.done().isCompletedExceptionally());
    assertEquals(0, backlog.events());
    assertTrue(backlog.offer(append(3, 1)), "a new writer is needed");
  }

  @Test
  void anAppendWithoutAnEventIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> append(1, 0));
  }

  private static Append append(long sessionKey, int events) {
    return SentAppend.of(sessionKey, sessionKey, events);
  }

  private List<Append> take(int events, long bytes) throws InterruptedException {
    return backlog.take(events, bytes, 0);
  }
}
