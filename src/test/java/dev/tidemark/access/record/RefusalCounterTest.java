package dev.tidemark.access.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Equal refusals are counted together; a bounded number of kinds is told apart. */
final class RefusalCounterTest {
  private final RefusalCounter refusalCounter = new RefusalCounter(2);

  @Test
  void refusalsThatAreAlikeAreOneCountWithTheFirstOfThem() {
    refusalCounter.add(refusal("alice", "s-1", "first"), 10);
    refusalCounter.add(refusal("alice", "s-1", "second"), 30);
    List<RefusalCounter.Count> counts = refusalCounter.take();
    assertEquals(1, counts.size());
    assertEquals(2, counts.get(0).times);
    assertEquals(10, counts.get(0).firstNanos);
    assertEquals(30, counts.get(0).lastNanos);
    assertEquals("first", counts.get(0).first.orElseThrow().message());
  }

  @Test
  void theLastKindThatFitsIsToldApartAndOneMoreIsOnlyCounted() {
    assertTrue(refusalCounter.add(refusal("alice", "s-1", "x"), 1));
    assertTrue(refusalCounter.add(refusal("bob", "s-1", "x"), 2));
    assertFalse(refusalCounter.add(refusal("carol", "s-1", "x"), 3));
    assertFalse(refusalCounter.add(refusal("dave", "s-2", "x"), 4));
    assertTrue(refusalCounter.add(refusal("bob", "s-1", "x"), 5), "it is told apart already");
    List<RefusalCounter.Count> counts = refusalCounter.take();
    assertEquals(List.of(1L, 2L, 2L), counts.stream().map(count -> count.times).toList());
    assertEquals(Optional.empty(), counts.get(2).kind.principal());
    assertEquals(Optional.empty(), counts.get(2).first);
  }

  @Test
  void whatWasTakenIsNotCountedAgain() {
    refusalCounter.add(refusal("alice", "s-1", "x"), 1);
    refusalCounter.take();
    assertEquals(List.of(), refusalCounter.take());
    assertTrue(refusalCounter.add(refusal("bob", "s-1", "x"), 2));
    assertTrue(refusalCounter.add(refusal("carol", "s-1", "x"), 3), "there is room again");
  }

  private static Refusal refusal(String principal, String sessionId, String message) {
    return new Refusal(
        new Refusal.Requester(
            Optional.of(principal),
            Optional.of("default"),
            "127.0.0.1",
            Optional.empty(),
            Optional.empty()),
        "join",
        "no_such_session",
        message,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.of(sessionId));
  }
}
