package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** So many a minute for each, one more is told when to come back, and the memory is bounded. */
final class RateLimiterTest {
  private static final int MANY = 10_000;

  @Test
  void oneMoreThanTheLimitWaitsAsLongAsItTakesToRefillOne() {
    RateLimiter rateLimiter = new RateLimiter(2, 100);
    assertEquals(OptionalLong.empty(), rateLimiter.take("a"));
    assertEquals(OptionalLong.empty(), rateLimiter.mustWait("a"), "a look takes nothing");
    assertEquals(OptionalLong.empty(), rateLimiter.take("a"));
    assertTrue(rateLimiter.mustWait("a").isPresent());
    long seconds = rateLimiter.take("a").orElseThrow();
    assertTrue(seconds >= 1 && seconds <= 31, seconds + " s, where 2 a minute are allowed");
  }

  @Test
  void whatOneHasUsedUpIsNoneOfTheOthersBusiness() {
    RateLimiter rateLimiter = new RateLimiter(1, 100);
    assertEquals(OptionalLong.empty(), rateLimiter.take("a"));
    assertTrue(rateLimiter.take("a").isPresent());
    assertEquals(OptionalLong.empty(), rateLimiter.take("b"));
  }

  @Test
  void aCrowdOfAddressesDoesNotGrowTheMemory() {
    RateLimiter rateLimiter = new RateLimiter(1, 100);
    for (int i = 0; i < MANY; i++) {
      var unused = rateLimiter.take("address-" + i);
    }
    assertTrue(rateLimiter.kept() <= 100, rateLimiter.kept() + " are kept");
  }

  @Test
  void placesAreGivenBackAndNobodyWithoutOneIsRemembered() {
    ConcurrencyLimit concurrencyLimit = new ConcurrencyLimit(2);
    assertTrue(concurrencyLimit.enter("a"));
    assertTrue(concurrencyLimit.enter("a"));
    assertTrue(concurrencyLimit.enter("b"));
    assertTrue(
        concurrencyLimit.isFull("a")
            && !concurrencyLimit.enter("a")
            && !concurrencyLimit.isFull("b"));
    concurrencyLimit.leave("a");
    assertTrue(concurrencyLimit.enter("a"));
    concurrencyLimit.leave("a");
    concurrencyLimit.leave("a");
    concurrencyLimit.leave("b");
    assertEquals(0, concurrencyLimit.known());
  }
}
