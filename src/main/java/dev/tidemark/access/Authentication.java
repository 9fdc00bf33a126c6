package dev.tidemark.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The origin and lifetime of a caller's authentication; never the token or password itself.
 *
 * @param subject the identity provider's permanent id of the caller (claim {@code sub})
 * @param authenticatedAt the time when the person signed in, as far as it is known; for a token
 *     that does not name it (claim {@code auth_time}), the time of issue; empty for credentials
 *     that come with each request
 * @param expiresAt the end of a token sent by a program (claim {@code exp}); empty for a browser,
 *     whose login session decides
 * @param providerSession the login at the identity provider (claim {@code sid}); its end ends
 *     everything derived from it
 */
public record Authentication(
    Optional<String> subject,
    Optional<Instant> authenticatedAt,
    Optional<Instant> expiresAt,
    Optional<String> providerSession) {
  /** Authentication by an account of the container: no provider knows it, and it does not end. */
  public static final Authentication LOCAL =
      new Authentication(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Authentication by an account of the container, at this time. */
  public static Authentication localSince(Instant authenticatedAt) {
    return new Authentication(
        Optional.empty(), Optional.of(authenticatedAt), Optional.empty(), Optional.empty());
  }

  /**
   * This authentication after a fresh token. A token of the same login at the provider is no later
   * sign-in, whatever its time of issue.
   */
  public Authentication renewedBy(Authentication fresh) {
    boolean sameLogin =
        providerSession.isPresent() && providerSession.equals(fresh.providerSession());
    return sameLogin && authenticatedAt.isPresent()
        ? new Authentication(
            fresh.subject(),
            fresh.authenticatedAt().map(this::earlier).or(this::authenticatedAt),
            fresh.expiresAt(),
            fresh.providerSession())
        : fresh;
  }

  /**
   * The milliseconds until the token ends, by this node's clock, rounded up: 0 means that it has
   * ended. Empty if it does not end.
   */
  public OptionalLong millisToExpiry() {
    return expiresAt
        .map(end -> Math.max(0, Duration.between(Instant.now(), end.plusNanos(999_999)).toMillis()))
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  private Instant earlier(Instant other) {
    return authenticatedAt.filter(mine -> mine.isBefore(other)).orElse(other);
  }
}
