package dev.tidemark.access.limit;

import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import io.github.bucket4j.Bucket;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Counts by address the logout requests that were refused: the path is open, and to verify costs.
 * Those that are taken are not counted, so a provider that ends thousands of logins is never told
 * to wait.
 */
@ApplicationScoped
public class LogoutAttempts {
  /** Above that the address that was seen longest ago is forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  @Inject Settings settings;

  /** In the order of their last use. Guarded by this. */
  private final Map<String, Bucket> byAddress = new LinkedHashMap<>(16, 0.75f, true);

  private long perMinute;

  LogoutAttempts() {}

  LogoutAttempts(long perMinute) {
    this.perMinute = perMinute;
  }

  @PostConstruct
  void prepare() {
    perMinute = settings.get(AccessSettings.LOGOUT_FAILURES_PER_MINUTE);
  }

  /** How many seconds an address has to wait, if it has to. */
  public synchronized OptionalLong mustWait(String address) {
    return RateLimiter.mustWait(Optional.ofNullable(byAddress.get(address)));
  }

  public synchronized void failed(String address) {
    var unused =
        byAddress.computeIfAbsent(address, key -> RateLimiter.full(perMinute)).tryConsume(1);
    if (byAddress.size() > MAX_ADDRESSES) {
      var eldest = byAddress.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  synchronized int kept() {
    return byAddress.size();
  }
}
