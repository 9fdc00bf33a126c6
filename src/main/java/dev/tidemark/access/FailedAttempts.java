package dev.tidemark.access;

import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
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
public class FailedAttempts {
  static final String CODE = "too_many_failures";
  static final String MESSAGE = "Too many attempts from this address have failed. Wait.";
  static final int TOO_MANY_REQUESTS = 429;

  @Inject Settings settings;
  @Inject Refusals refusals;

  private Rates failures;

  @PostConstruct
  void prepare() {
    failures =
        new Rates(
            settings.number(Setting.FAILURES_PER_MINUTE), settings.number(Setting.LIMITS_KEPT));
  }

  /**
   * Lets {@link Entrance} find it, which is older than the application.
   *
   * @param failures a proxy will do
   */
  static void publish(FailedAttempts failures, ServletContext context) {
    context.setAttribute(FailedAttempts.class.getName(), failures);
  }

  /** Nothing before the application has started. */
  static Optional<FailedAttempts> in(ServletContext context) {
    return Optional.ofNullable(
        (FailedAttempts) context.getAttribute(FailedAttempts.class.getName()));
  }

  /** How many seconds an address has to wait, if it has to. */
  OptionalLong mustWait(String remoteAddress) {
    return failures.mustWait(Address.of(remoteAddress));
  }

  void failed(String remoteAddress) {
    var unused = failures.take(Address.of(remoteAddress));
  }

  /** Notes that an address was told to wait. */
  void refused(String operation, String remoteAddress, Optional<String> userAgent) {
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
