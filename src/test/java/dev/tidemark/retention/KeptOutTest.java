package dev.tidemark.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeptOutTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final KeptOut keptOut = new KeptOut(Duration.ofMinutes(10));

  @Test
  void whoeverHoldsALockAllTheTimeIsNamedAfterAWhile() {
    assertFalse(keptOut.again(Set.of("a"), MINUTE));
    assertTrue(keptOut.again(Set.of("a", "b"), 2 * MINUTE));
    assertTrue(keptOut.again(Set.of("b", "a"), 11 * MINUTE - 1));
    assertEquals(Set.of(), keptOut.forLong(11 * MINUTE - 1));
    assertEquals(Set.of("a"), keptOut.forLong(11 * MINUTE));
  }

  @Test
  void thoseWhoTakeItInTurnAreNot() {
    for (int i = 1; i < 100; i++) {
      assertFalse(keptOut.again(Set.of("node, transaction " + i), i * MINUTE));
      assertEquals(Set.of(), keptOut.forLong(i * MINUTE));
    }
  }

  @Test
  void itBeginsAnewOnceTheJobHadItsLocks() {
    assertFalse(keptOut.again(Set.of("a"), MINUTE));
    keptOut.end();
    assertFalse(keptOut.again(Set.of("a"), 20 * MINUTE));
    assertEquals(Set.of(), keptOut.forLong(29 * MINUTE));
  }

  @Test
  void nobodyHoldsIt() {
    assertFalse(keptOut.again(Set.of(), MINUTE));
    assertFalse(keptOut.again(Set.of(), 30 * MINUTE));
    assertEquals(Set.of(), keptOut.forLong(30 * MINUTE));
  }
}
