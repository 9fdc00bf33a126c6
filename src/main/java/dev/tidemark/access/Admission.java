package dev.tidemark.access;

import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import io.github.bucket4j.Bucket;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Counts each principal's connections and joins on this node. */
@ApplicationScoped
public class Admission {
  @Inject Settings settings;

  private final Map<String, Integer> connections = new ConcurrentHashMap<>();
  private final Map<String, Bucket> joins = new ConcurrentHashMap<>();

  /** Takes a place for one more connection; false if the principal has as many as it may. */
  public boolean enter(Caller caller) {
    int most = settings.count(Setting.CONNECTIONS_PER_PRINCIPAL);
    boolean[] entered = {false};
    connections.compute(
        key(caller),
        (key, count) -> {
          int open = count == null ? 0 : count;
          entered[0] = open < most;
          return entered[0] ? Integer.valueOf(open + 1) : count;
        });
    return entered[0];
  }

  /** Gives the place back that {@link #enter} took. */
  public void leave(Caller caller) {
    int left = connections.merge(key(caller), -1, Integer::sum);
    if (left <= 0) {
      connections.computeIfPresent(key(caller), (key, count) -> count <= 0 ? null : count);
      joins.computeIfPresent(
          key(caller),
          (key, bucket) ->
              bucket.getAvailableTokens() >= settings.number(Setting.JOINS_PER_MINUTE)
                  ? null
                  : bucket);
    }
  }

  /**
   * Counts a join; says after how many seconds the next one is welcome if this was one too many.
   */
  public OptionalLong join(Caller caller) {
    long most = settings.number(Setting.JOINS_PER_MINUTE);
    Bucket bucket =
        joins.computeIfAbsent(
            key(caller),
            key ->
                Bucket.builder()
                    .addLimit(
                        limit -> limit.capacity(most).refillGreedy(most, Duration.ofMinutes(1)))
                    .build());
    var probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? OptionalLong.empty()
        : OptionalLong.of(Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1);
  }

  private static String key(Caller caller) {
    return caller.tenant() + '\0' + caller.name();
  }
}
