package dev.tidemark.access.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import java.time.Duration;

/**
 * Limits the rate by key: so many in some time, by default a minute. A bucket untouched for that
 * time is full again, so it can be dropped. Above the maximum number of buckets, the least used are
 * dropped, which bounds the memory that a crowd of addresses can take.
 */
final class RateLimiter {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Quota quota;
  private final String message;
  private final long most;
  private final Duration refill;
  private final Cache<String, Bucket> buckets;

  /**
   * @param message the text for a client above the limit
   */
  RateLimiter(Quota quota, String message, long perMinute, long maxKept) {
    this(quota, message, perMinute, MINUTE, maxKept);
  }

  /** As the other constructor, for a maximum in another time. */
  RateLimiter(Quota quota, String message, long most, Duration refill, long maxKept) {
    this.quota = quota;
    this.message = message;
    this.most = most;
    this.refill = refill;
    buckets =
        Caffeine.newBuilder()
            .maximumSize(maxKept)
            .expireAfterAccess(refill)
            .executor(Runnable::run) // no thread that is not the container's
            .build();
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
                .addLimit(limit -> limit.capacity(most).refillGreedy(most, refill))
                .build());
  }

  /** Seconds are rounded up, so that a client that waits for them is not too early. */
  private QuotaExceededException exceeded(long nanosToWait) {
    return new QuotaExceededException(
        quota, message, Duration.ofNanos(nanosToWait).toSeconds() + 1);
  }

  /** The number of buckets that are kept. */
  long kept() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}
