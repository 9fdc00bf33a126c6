package dev.tidemark.access.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How often something may happen in a minute, for each of many. A bucket that nobody touched for a
 * minute is full again, so forgetting it then forgets nothing; above their number the least used
 * leave, which bounds the memory that a crowd of addresses can take.
 */
final class RateLimiter {
  private static final Duration REFILL = Duration.ofMinutes(1);

  private final long perMinute;
  private final Cache<String, Bucket> buckets;

  RateLimiter(long perMinute, long maxKept) {
    this.perMinute = perMinute;
    buckets =
        Caffeine.newBuilder()
            .maximumSize(maxKept)
            .expireAfterAccess(REFILL)
            .executor(Runnable::run) // no thread that is not the container's
            .build();
  }

  /**
   * Counts one more.
   *
   * @return after how many seconds the next one is welcome, if this was one too many
   */
  OptionalLong take(String key) {
    var probe = bucket(key).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? OptionalLong.empty()
        : OptionalLong.of(seconds(probe.getNanosToWaitForRefill()));
  }

  /** After how many seconds one more would be welcome, if not now; counts nothing. */
  OptionalLong mustWait(String key) {
    return mustWait(Optional.ofNullable(buckets.getIfPresent(key)));
  }

  private Bucket bucket(String key) {
    return buckets.get(key, unused -> full(perMinute));
  }

  /** A bucket of which so many may be taken in a minute, and that many at once. */
  static Bucket full(long perMinute) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, REFILL))
        .build();
  }

  /** The same for one bucket; one that nobody has touched is full. */
  static OptionalLong mustWait(Optional<Bucket> touched) {
    return touched
        .map(bucket -> bucket.estimateAbilityToConsume(1))
        .filter(probe -> !probe.canBeConsumed())
        .map(probe -> OptionalLong.of(seconds(probe.getNanosToWaitForRefill())))
        .orElseGet(OptionalLong::empty);
  }

  /** Rounded up: whoever waits so long is not too early. */
  private static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds() + 1;
  }

  /** How many are remembered. */
  long kept() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}
