package dev.tidemark.access.gate;

import dev.tidemark.access.limit.PasswordGuesses;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.wire.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Counts failed logins, and refuses an address with too many of them before its next credentials
 * are verified, which is expensive.
 */
@ApplicationScoped
public class FailedLogins {
  @Inject Quotas quotas;
  @Inject PasswordGuesses passwordGuesses;

  /** The refusal of an address that has to wait; empty if it need not. */
  public Optional<Problem> refusal(String remoteAddress) {
    return refusalBy(() -> quotas.checkLogin(remoteAddress));
  }

  /** The refusal of an address that has to wait with this account; empty if it need not. */
  public Optional<Problem> refusal(String remoteAddress, String account) {
    return refusalBy(() -> passwordGuesses.check(remoteAddress, account));
  }

  /**
   * Counts a failed login.
   *
   * @param account the account of the login form; empty for other ways to log in
   */
  public void count(String remoteAddress, Optional<String> account) {
    quotas.loginFailed(remoteAddress);
    account.ifPresent(name -> passwordGuesses.count(remoteAddress, name));
  }

  private static Optional<Problem> refusalBy(Runnable check) {
    try {
      check.run();
      return Optional.empty();
    } catch (QuotaExceededException e) {
      return Optional.of(e.problem());
    }
  }
}
