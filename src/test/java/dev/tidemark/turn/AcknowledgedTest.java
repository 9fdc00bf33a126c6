package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The times of acknowledged messages, until their turns take them. */
final class AcknowledgedTest {
  private static final int MAX = 10_000;

  private final Acknowledged acknowledged = new Acknowledged();

  @Test
  void aTimeIsTakenOnce() {
    long before = System.nanoTime();
    acknowledged.note(1, 5);
    assertEquals(OptionalLong.empty(), acknowledged.take(1, 6));
    assertTrue(acknowledged.take(1, 5).orElseThrow() - before >= 0);
    assertEquals(OptionalLong.empty(), acknowledged.take(1, 5));
  }

  @Test
  void theOldestIsForgottenAboveTheLimit() {
    for (int cursor = 1; cursor <= MAX + 1; cursor++) {
      acknowledged.note(1, cursor);
    }
    assertEquals(OptionalLong.empty(), acknowledged.take(1, 1));
    assertTrue(acknowledged.take(1, 2).isPresent());
  }
}
