package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** A limited number of places for each key, which are given back. */
final class ConcurrencyLimitTest {
  private final ConcurrencyLimit limit = new ConcurrencyLimit(Quota.CONNECTIONS, "Full.", 2);

  @Test
  void oneMoreThanTheLimitIsRefusedAndTakesNoPlace() {
    limit.enter("a");
    limit.enter("a");
    assertThrows(QuotaExceededException.class, () -> limit.enter("a"));
    limit.leave("a");
    assertDoesNotThrow(() -> limit.enter("a"));
    assertThrows(QuotaExceededException.class, () -> limit.enter("a"));
  }

  @Test
  void aLookSaysWhetherOneMoreWouldBeRefusedAndTakesNothing() {
    limit.enter("a");
    limit.check("a");
    limit.check("a");
    limit.enter("a");
    QuotaExceededException refusal =
        assertThrows(QuotaExceededException.class, () -> limit.check("a"));
    assertEquals(Quota.CONNECTIONS, refusal.quota());
    assertEquals(1, refusal.retryAfterSeconds());
    assertDoesNotThrow(() -> limit.check("b"));
  }

  @Test
  void aKeyWithoutAPlaceIsForgotten() {
    limit.enter("a");
    limit.enter("b");
    assertEquals(2, limit.known());
    limit.leave("a");
    limit.leave("b");
    assertEquals(0, limit.known());
  }
}
