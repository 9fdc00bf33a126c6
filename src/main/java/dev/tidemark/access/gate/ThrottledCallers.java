package dev.tidemark.access.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tidemark.access.Caller;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * Callers who have used up a rate, by their credentials: until the time that they were told, they
 * are refused before the credentials are verified again, which is expensive.
 */
@ApplicationScoped
class ThrottledCallers {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Cache<CredentialsHash, Throttled> throttled;

  /** What a caller is told who comes before the time. */
  record Reminder(Caller caller, Problem problem) {}

  private record Throttled(Caller caller, QuotaExceededException why, long endNanos) {
    Optional<Reminder> reminder() {
      Duration left = Duration.ofNanos(endNanos - System.nanoTime());
      return left.isNegative()
          ? Optional.empty()
          : Optional.of(
              new Reminder(
                  caller,
                  new QuotaExceededException(why.quota(), why.getMessage(), left.toSeconds() + 1)
                      .problem()));
    }
  }

  /** For the container's proxy. */
  ThrottledCallers() {}

  @Inject
  ThrottledCallers(Settings settings) {
    throttled =
        Caffeine.newBuilder()
            .maximumSize(settings.get(AccessSettings.LIMITS_KEPT))
            .expireAfterWrite(LONGEST)
            .executor(Runnable::run) // no thread that is not the container's
            .build();
  }

  /** Notes that the caller, whose credentials are those of this request, has to wait. */
  void note(HttpServletRequest request, Caller caller, QuotaExceededException exceeded) {
    Duration wait = Duration.ofSeconds(exceeded.retryAfterSeconds());
    Throttled entry = new Throttled(caller, exceeded, System.nanoTime() + wait.toNanos());
    CredentialsHash.of(request).ifPresent(credentials -> throttled.put(credentials, entry));
  }

  /** What is told to whoever sends these credentials; empty if they need not wait. */
  Optional<Reminder> reminder(CredentialsHash credentials) {
    return Optional.ofNullable(throttled.getIfPresent(credentials)).flatMap(Throttled::reminder);
  }
}
