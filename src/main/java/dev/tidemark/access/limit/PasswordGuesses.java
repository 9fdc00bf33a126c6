package dev.tidemark.access.limit;

import dev.tidemark.access.Sha256;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Wrong passwords for one account from one network, on this node. A network that has guessed too
 * often at an account has to wait with that account; its owner can sign in from elsewhere, and
 * others from there.
 */
@ApplicationScoped
public class PasswordGuesses {
  private static final Duration REFILL = Duration.ofMinutes(15);

  private RateLimiter failures;

  /** For the container's proxy. */
  PasswordGuesses() {}

  @Inject
  PasswordGuesses(Settings settings) {
    int max = settings.get(AccessSettings.FAILURES_PER_ACCOUNT);
    failures =
        new RateLimiter(
            Quota.FAILURES,
            "At most %d wrong passwords in a quarter of an hour. Wait.".formatted(max),
            max,
            max,
            REFILL,
            settings.get(AccessSettings.LIMITS_KEPT));
  }

  /**
   * Checks before the password is looked at.
   *
   * @throws QuotaExceededException if this network has to wait with this account
   */
  public void check(String remoteAddress, String account) {
    failures.check(key(remoteAddress, account));
  }

  /** Counts a wrong password. */
  public void count(String remoteAddress, String account) {
    failures.count(key(remoteAddress, account));
  }

  /**
   * Some stores of accounts take a name in any case. Whoever guesses may choose any name, of which
   * no more is kept than of another one.
   */
  static String key(String remoteAddress, String account) {
    byte[] name = Sha256.of(account.strip().toLowerCase(Locale.ROOT));
    return ClientNetwork.of(remoteAddress) + '\0' + HexFormat.of().formatHex(name);
  }
}
