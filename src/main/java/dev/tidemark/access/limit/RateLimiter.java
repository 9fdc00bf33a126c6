package dev.tidemark.access.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Limits the rate by key: so many in some time, by default a minute. A bucket untouched for that
 * time is full again, so it can be dropped. Above the maximum number of buckets, the least used are
 * dropped, which bounds the memory that a crowd of addresses can take. Time is measured, not read
 * from a clock that may be set back: nothing would be refilled until it is where it was.
 */
final class RateLimiter {
  private static final Duration LONGEST_DEBT = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** What may come at once of what is paced, at least; otherwise a sixtieth of the maximum. */
  private static final int SMALL_BURST = 60;

  private static final int BURSTS = 60;

  private final Quota quota;
  private final String message;
  private final long most;
  private final long burst;
  private final Duration refill;
  private final TimeMeter time;
  private final Cache<String, Bucket> buckets;

  /**
   * @param message the text for a client above the limit
   * @param most how many may come in the time
   * @param burst how many of them may come at once
   */
  RateLimiter(Quota quota, String message, long most, long burst, Duration refill, long maxKept) {
    this(quota, message, most, burst, refill, maxKept, TimeMeter.SYSTEM_NANOTIME);
  }

  /**
   * Measures time as the test says.
   *
   * @param time counts nanoseconds from any moment on
   */
  RateLimiter(
      Quota quota,
      String message,
      long most,
      long burst,
      Duration refill,
      long maxKept,
      TimeMeter time) {
    this.time = time;
    this.quota = quota;
    this.message = message;
    this.most = most;
    this.burst = burst;
    this.refill = refill;
    buckets =
        Caffeine.newBuilder()
            .maximumSize(maxKept)
            .expireAfterAccess(refill.compareTo(MINUTE) > 0 ? refill : MINUTE)
            .executor(Runnable::run) // no thread that is not the container's
            .build();
  }

  /** Limits what may all come at once. */
  static RateLimiter perMinute(Quota quota, String message, long most, long maxKept) {
    return new RateLimiter(quota, message, most, most, MINUTE, maxKept);
  }

  /** Limits what has to come little by little: neighbours would feel a minute's worth at once. */
  static RateLimiter paced(Quota quota, String message, long most, Duration refill, long maxKept) {
    long burst = Math.min(most, Math.max(SMALL_BURST, most / BURSTS));
    return new RateLimiter(quota, message, most, burst, refill, maxKept);
  }

  /**
   * Counts one more.
   *
   * @throws QuotaExceededException if that was one too many
   */
  void take(String key) {
    var probe = bucket(key).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw exceeded(probe.getNanosToWaitForRefill());
    }
  }

  /** Counts one that has already happened, even above the limit. */
  void count(String key) {
    var unused = bucket(key).tryConsume(1);
  }

  /**
   * Counts what has already happened, even far above the limit; but nobody waits much longer than
   * {@link #LONGEST_DEBT} for it, so that no bucket is forgotten before.
   *
   * @return the time in nanoseconds until all of it is made good; 0 if it was within the limit
   */
  long overdraw(String key, long number) {
    long ahead = nanosUntilFree(key);
    return number == 0 || ahead > LONGEST_DEBT.toNanos()
        ? ahead
        : bucket(key).consumeIgnoringRateLimits(number);
  }

  /**
   * Checks without counting.
   *
   * @throws QuotaExceededException if one more would be too many now
   */
  void check(String key) {
    Bucket touched = buckets.getIfPresent(key);
    if (touched == null) {
      return;
    }
    EstimationProbe probe = touched.estimateAbilityToConsume(1);
    if (!probe.canBeConsumed()) {
      throw exceeded(probe.getNanosToWaitForRefill());
    }
  }

  private Bucket bucket(String key) {
    return buckets.get(
        key,
        unused ->
            Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(limit -> limit.capacity(burst).refillGreedy(most, refill))
                .build());
  }

  /** Seconds are rounded up, so that a client that waits for them is not too early. */
  private QuotaExceededException exceeded(long nanosToWait) {
    return new QuotaExceededException(
        quota, message, Duration.ofNanos(nanosToWait).toSeconds() + 1);
  }

  /** The time in nanoseconds until one more is within the limit; 0 if it is now. */
  long nanosUntilFree(String key) {
    Bucket touched = buckets.getIfPresent(key);
    return touched == null ? 0 : touched.estimateAbilityToConsume(1).getNanosToWaitForRefill();
  }

  /** Whether it depends on the clock of the machine. */
  boolean readsClock() {
    return time.isWallClockBased();
  }

  /** The number of buckets that are kept. */
  long kept() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}
