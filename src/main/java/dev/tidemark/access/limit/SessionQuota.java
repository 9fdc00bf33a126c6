package dev.tidemark.access.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tidemark.access.Caller;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.session.Session;
import dev.tidemark.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * Limits the sessions of a principal and of a tenant. The database counts them once a minute, and
 * this node adds those that it creates. There is no lock in the database that a creation could wait
 * for: {@link Count} gives the places of one count away, so a node alone never exceeds the limit by
 * more than is under way while it counts anew, and several by what the others create in a minute.
 */
@ApplicationScoped
public class SessionQuota {
  private static final Duration COUNTED_FOR = Duration.ofMinutes(1);

  private Sessions sessions;
  private int maxOfPrincipal;
  private int maxOfTenant;
  private Cache<String, Count> counts;

  /** For the container's proxy. */
  SessionQuota() {}

  @Inject
  SessionQuota(Settings settings, Sessions sessions) {
    this.sessions = sessions;
    maxOfPrincipal = settings.get(AccessSettings.SESSIONS_PER_PRINCIPAL);
    maxOfTenant = settings.get(AccessSettings.SESSIONS_PER_TENANT);
    counts =
        Caffeine.newBuilder()
            .maximumSize(settings.get(AccessSettings.LIMITS_KEPT))
            .expireAfterWrite(COUNTED_FOR)
            .executor(Runnable::run) // no thread that is not the container's
            .build();
  }

  /**
   * Creates a session of the caller's.
   *
   * @param creation creates it; empty if the name was taken
   * @throws QuotaExceededException if there would be too many; then none is created
   */
  public Optional<Session> create(Caller caller, Supplier<Optional<Session>> creation) {
    Count own =
        count(
            "principal\0" + Quotas.key(caller),
            maxOfPrincipal,
            max -> sessions.count(caller.tenant(), Optional.of(caller.name()), max));
    Count all =
        count(
            "tenant\0" + caller.tenant(),
            maxOfTenant,
            max -> sessions.count(caller.tenant(), Optional.empty(), max));
    return own.with(
        "At most %d sessions for one principal.",
        () -> all.with("At most %d sessions for one tenant.", creation));
  }

  /** Not within the cache's own lock, because the database may hang. */
  private Count count(String key, int max, IntUnaryOperator counted) {
    if (max == 0) {
      return new Count(0, Integer.MAX_VALUE);
    }
    Count known = counts.getIfPresent(key);
    if (known != null) {
      return known;
    }
    Count fresh = new Count(counted.applyAsInt(max), max);
    Count raced = counts.asMap().putIfAbsent(key, fresh);
    return raced == null ? fresh : raced;
  }

  /** A number of sessions that grows. */
  private static final class Count {
    private final AtomicInteger sessions;
    private final int max;

    Count(int sessions, int max) {
      this.sessions = new AtomicInteger(sessions);
      this.max = max;
    }

    /** Takes a place for the creation, and gives it back unless a session was created. */
    Optional<Session> with(String message, Supplier<Optional<Session>> creation) {
      if (sessions.incrementAndGet() > max) {
        sessions.decrementAndGet();
        throw new QuotaExceededException(
            Quota.SESSIONS, message.formatted(max), COUNTED_FOR.toSeconds());
      }
      boolean created = false;
      try {
        Optional<Session> session = creation.get();
        created = session.isPresent();
        return session;
      } finally {
        if (!created) {
          sessions.decrementAndGet();
        }
      }
    }
  }
}
