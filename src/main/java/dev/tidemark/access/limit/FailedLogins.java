package dev.tidemark.access.limit;

import dev.tidemark.access.gate.PreAuthenticationHandler;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Counts by address what failed to say who it is. An address with too many is refused before its
 * next credentials are looked at, because to check them is what costs.
 */
@ApplicationScoped
public class FailedLogins {
  public static final String CODE = "too_many_failures";
  public static final String MESSAGE = "Too many attempts from this address have failed. Wait.";
  public static final int TOO_MANY_REQUESTS = 429;

  @Inject Settings settings;
  @Inject Refusals refusals;

  private RateLimiter failures;

  @PostConstruct
  void prepare() {
    failures =
        new RateLimiter(
            settings.get(AccessSettings.FAILURES_PER_MINUTE),
            settings.get(AccessSettings.LIMITS_KEPT));
  }

  /**
   * Lets {@link PreAuthenticationHandler} find it, which is older than the application.
   *
   * @param failures a proxy will do
   */
  public static void publish(FailedLogins failures, ServletContext context) {
    context.setAttribute(FailedLogins.class.getName(), failures);
  }

  /** Nothing before the application has started. */
  public static Optional<FailedLogins> in(ServletContext context) {
    return Optional.ofNullable((FailedLogins) context.getAttribute(FailedLogins.class.getName()));
  }

  /** How many seconds an address has to wait, if it has to. */
  public OptionalLong mustWait(String remoteAddress) {
    return failures.mustWait(ClientNetwork.of(remoteAddress));
  }

  public void failed(String remoteAddress) {
    var unused = failures.take(ClientNetwork.of(remoteAddress));
  }

  /** Notes that an address was told to wait. */
  public void refused(String operation, String remoteAddress, Optional<String> userAgent) {
    refusals.record(
        Refusal.ofRequest(
            new Refusal.Asker(
                Optional.empty(), Optional.empty(), remoteAddress, userAgent, Optional.empty()),
            operation,
            TOO_MANY_REQUESTS,
            CODE,
            MESSAGE));
  }
}
