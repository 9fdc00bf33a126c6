package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A rate per minute for each key; a refusal says when to come back, and the memory is bounded. */
final class RateLimiterTest {
  private static final int MANY = 10_000;

  @Test
  void oneMoreThanTheLimitWaitsAsLongAsItTakesToRefillOne() {
    RateLimiter rateLimiter = limiter(2);
    rateLimiter.take("a");
    assertDoesNotThrow(() -> rateLimiter.check("a"), "a look takes nothing");
    rateLimiter.take("a");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.check("a"));
    long seconds =
        assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a")).retryAfterSeconds();
    assertTrue(seconds >= 1 && seconds <= 31, seconds + " s, where 2 a minute are allowed");
  }

  @Test
  void oneAboveTheLimitIsToldWhichItIs() {
    RateLimiter rateLimiter = limiter(1);
    rateLimiter.take("a");
    QuotaExceededException refusal =
        assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a"));
    assertEquals(Quota.JOINS, refusal.quota());
    assertEquals("too_many_joins", refusal.quota().code());
    assertEquals("Too often.", refusal.getMessage());
  }

  @Test
  void whatOneHasUsedUpIsNoneOfTheOthersBusiness() {
    RateLimiter rateLimiter = limiter(1);
    rateLimiter.take("a");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a"));
    assertDoesNotThrow(() -> rateLimiter.take("b"));
  }

  @Test
  void whatHappenedAlreadyIsCountedThoughItIsOneTooMany() {
    RateLimiter rateLimiter = limiter(1);
    rateLimiter.count("a");
    rateLimiter.count("a");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.check("a"));
    assertDoesNotThrow(() -> rateLimiter.check("b"));
  }

  @Test
  void aCrowdOfAddressesDoesNotGrowTheMemory() {
    RateLimiter rateLimiter = limiter(1);
    for (int i = 0; i < MANY; i++) {
      rateLimiter.take("address-" + i);
    }
    assertTrue(rateLimiter.kept() <= 100, rateLimiter.kept() + " are kept");
  }

  private static RateLimiter limiter(int perMinute) {
    return RateLimiter.perMinute(Quota.JOINS, "Too often.", perMinute, 100);
  }
}
