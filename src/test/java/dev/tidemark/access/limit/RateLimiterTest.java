package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
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
  void ofWhatIsPacedASixtiethMayComeAtOnce() {
    assertEquals(60, takenAtOnce(paced(3_600, Duration.ofHours(1))));
    assertEquals(100, takenAtOnce(paced(6_000, Duration.ofHours(1))));
    assertEquals(7, takenAtOnce(paced(7, Duration.ofHours(1))), "a small limit may all be used");
  }

  private static int takenAtOnce(RateLimiter rateLimiter) {
    for (int taken = 0; ; taken++) {
      try {
        rateLimiter.take("a");
      } catch (QuotaExceededException e) {
        return taken;
      }
    }
  }

  @Test
  void whatIsFarAboveTheLimitIsMadeGoodBeforeThereIsMore() {
    RateLimiter rateLimiter = paced(1_000, Duration.ofHours(1)); // 60 at once
    assertEquals(0, rateLimiter.nanosUntilFree("a"));
    assertEquals(0, rateLimiter.overdraw("a", 60));
    long hour = Duration.ofHours(1).toNanos();
    long ahead = rateLimiter.overdraw("a", 2_000);
    assertTrue(ahead > 1.9 * hour && ahead <= 2 * hour, ahead + " ns");
    long free = rateLimiter.nanosUntilFree("a");
    assertTrue(free > 1.9 * hour && free <= 2.1 * hour, free + " ns");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.check("a"));
    assertEquals(0, rateLimiter.nanosUntilFree("b"));
  }

  private static RateLimiter paced(long most, Duration refill) {
    return RateLimiter.paced(Quota.BYTES, "Too many.", most, refill, 100);
  }

  @Test
  void whatIsRefilledDependsOnTheTimeThatPassesAndOnNoClock() {
    AtomicLong nanos = new AtomicLong(-5);
    RateLimiter rateLimiter = measuring(meter(nanos));
    rateLimiter.take("a");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a"));
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a"));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    rateLimiter.take("a");
    assertThrows(QuotaExceededException.class, () -> rateLimiter.take("a"));
  }

  /** The clock of the machine may be set back at any moment. */
  @Test
  void aLimiterOfThisNodeReadsNoClock() {
    assertFalse(limiter(1).readsClock());
    assertFalse(paced(1, Duration.ofHours(1)).readsClock());
  }

  private static RateLimiter measuring(TimeMeter time) {
    return new RateLimiter(Quota.JOINS, "Too often.", 1, 1, Duration.ofMinutes(1), 100, time);
  }

  private static TimeMeter meter(AtomicLong nanos) {
    return new TimeMeter() {
      @Override
      public long currentTimeNanos() {
        return nanos.get();
      }

      @Override
      public boolean isWallClockBased() {
        return false;
      }
    };
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
