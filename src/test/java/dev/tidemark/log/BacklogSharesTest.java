package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each sender has a share of a writer, and the order within a session holds all the same. */
final class BacklogSharesTest {
  private final Backlog backlog = new Backlog(10, 100);

  @Test
  void aLaneMayHoldAsMuchAsIsFreeSoThatThereIsRoomForANewcomer() throws Exception {
    for (int i = 0; i < 5; i++) {
      backlog.offer(SentAppend.of("alice", i, 1));
    }
    assertThrows(
        LogBusyException.class, () -> backlog.offer(SentAppend.of("alice", 9, 1)), "half is hers");
    backlog.offer(SentAppend.of("bob", 1, 1));
    backlog.offer(SentAppend.of("bob", 1, 1));
    assertThrows(LogBusyException.class, () -> backlog.offer(SentAppend.of("bob", 2, 2)));
    backlog.offer(SentAppend.of("bob", 2, 1));
    assertThrows(LogBusyException.class, () -> backlog.offer(SentAppend.of("bob", 2, 1)));
    backlog.offer(SentAppend.of("carol", 2, 1));
    List<Append> taken = take(10, 100);
    backlog.settle(taken);
    assertEquals(0, backlog.events());
    backlog.offer(SentAppend.of("alice", 1, 1));
    backlog.offer(SentAppend.of("alice", 1, 4));
  }

  @Test
  void lanesAreServedInTurnHoweverManyWaitInOne() throws Exception {
    Append[] of = {
      SentAppend.of("alice", 1, 1),
      SentAppend.of("alice", 2, 1),
      SentAppend.of("alice", 1, 1),
      SentAppend.of("bob", 3, 1),
      SentAppend.of("carol", 4, 1)
    };
    List.of(of).forEach(backlog::offer);
    assertEquals(List.of(of[0], of[3]), take(2, 100));
    assertEquals(List.of(of[4], of[1], of[2]), take(10, 100));
  }

  /** However it is shared: what was said later by somebody else never comes first. */
  @Test
  void theOrderWithinASessionIsThatOfTheCallsWhoeverSends() throws Exception {
    Append first = SentAppend.of("alice", 1, 1);
    Append behind = SentAppend.of("bob", 1, 1);
    Append third = SentAppend.of("alice", 1, 1);
    Append other = SentAppend.of("bob", 2, 1);
    List.of(first, behind, third, other).forEach(backlog::offer);
    List<Append> all = new ArrayList<>();
    for (List<Append> batch = take(1, 100); !batch.isEmpty(); batch = take(1, 100)) {
      all.addAll(batch);
      backlog.settle(batch);
    }
    assertEquals(4, all.size());
    assertEquals(List.of(first, behind, third), all.stream().filter(a -> a != other).toList());
  }

  /**
   * Any order of calls, batches, locks and failures: all come once, in order, and nothing stays.
   */
  @Test
  void whateverHappensNoAppendIsLostDoubledOrOvertaken() throws Exception {
    Random random = new Random(12);
    Backlog large = new Backlog(1_000, 100_000);
    Map<Long, List<Append>> said = new HashMap<>();
    Map<Long, List<Append>> written = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      long session = random.nextInt(5);
      Append append = SentAppend.of("s" + random.nextInt(3), session, 1 + random.nextInt(2));
      try {
        large.offer(append);
        said.computeIfAbsent(session, key -> new ArrayList<>()).add(append);
      } catch (LogBusyException e) {
        assertTrue(large.events() > 0);
      }
      if (random.nextInt(4) == 0 && large.isReady()) {
        workOn(large, random, written, said);
      }
    }
    while (large.events() > 0) {
      for (Append append : large.take(100, 10_000, 0)) {
        written.computeIfAbsent(append.sessionKey(), key -> new ArrayList<>()).add(append);
        large.settle(List.of(append));
      }
    }
    assertEquals(said, written);
    assertEquals(List.of(), large.take(1, 1, 0));
    assertEquals(0, large.taken());
    assertEquals(0, large.stillNanos());
  }

  private static void workOn(
      Backlog large, Random random, Map<Long, List<Append>> written, Map<Long, List<Append>> said)
      throws InterruptedException {
    List<Append> batch = large.take(10, 100, 0);
    long locked = random.nextInt(5);
    int fate = random.nextInt(10);
    if (fate == 0) { // an Error: what is in hand fails, the rest stays
      large.fail(large.unfinished(), new InternalError("of the test"));
      batch.forEach(append -> said.get(append.sessionKey()).remove(append));
      return;
    }
    int until = random.nextInt(batch.size() + 1);
    for (Append append : batch.subList(0, until)) {
      if (append.sessionKey() != locked) {
        written.computeIfAbsent(append.sessionKey(), key -> new ArrayList<>()).add(append);
        large.settle(List.of(append));
        append.done().complete(List.of());
      }
    }
    large.putBack(batch.stream().filter(append -> append.sessionKey() == locked).toList());
  }

  private List<Append> take(int events, long bytes) throws InterruptedException {
    return backlog.take(events, bytes, 0);
  }
}
