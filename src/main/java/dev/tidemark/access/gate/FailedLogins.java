package dev.tidemark.access.gate;

import dev.tidemark.access.limit.PasswordGuesses;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.wire.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Lets {@link PreAuthenticationHandler}, which exists before the application starts, refuse an
 * address with too many failed logins before its next credentials are verified, which is expensive.
 */
@ApplicationScoped
public class FailedLogins {
  @Inject Quotas quotas;
  @Inject IncomingBodies bodies;
  @Inject PasswordGuesses passwordGuesses;
  @Inject ThrottledCallers throttledCallers;

  /**
   * Makes the instance available to the handler.
   *
   * @param failures the instance, or a proxy of it
   */
  static void publish(FailedLogins failures, ServletContext context) {
    context.setAttribute(FailedLogins.class.getName(), failures);
  }

  /** Empty before the application has started. */
  static Optional<FailedLogins> in(ServletContext context) {
    return Optional.ofNullable((FailedLogins) context.getAttribute(FailedLogins.class.getName()));
  }

  /** What receives the bodies of the requests that are not refused. */
  public IncomingBodies bodies() {
    return bodies;
  }

  /** The refusal of a caller who was told to wait and does not; empty if there is none. */
  Optional<Problem> refusalOfThrottled(CredentialsHash credentials) {
    return throttledCallers.refusal(credentials);
  }

  /** The refusal of an address that has to wait; empty if it need not. */
  public Optional<Problem> refusal(String remoteAddress) {
    return refusalBy(() -> quotas.checkLogin(remoteAddress));
  }

  /** Counts a failed login. */
  public void count(String remoteAddress) {
    quotas.loginFailed(remoteAddress);
  }

  /** The refusal of an address that has to wait with this account; empty if it need not. */
  public Optional<Problem> refusalOfPassword(String remoteAddress, String account) {
    return refusalBy(() -> passwordGuesses.check(remoteAddress, account));
  }

  /** Counts a wrong password for this account. */
  public void countPassword(String remoteAddress, String account) {
    passwordGuesses.count(remoteAddress, account);
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
