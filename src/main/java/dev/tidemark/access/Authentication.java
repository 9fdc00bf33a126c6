package dev.tidemark.access;

import java.time.Instant;
import java.util.Optional;

/**
 * How it is known who a caller is, and for how long; never the token or password itself.
 *
 * @param subject what the identity provider calls the caller for good (claim {@code sub})
 * @param issuedAt when the token was issued, or the browser logged in; nothing for credentials that
 *     come with each request
 * @param expiresAt when a token that was brought by a program ends (claim {@code exp}); nothing for
 *     a browser, whose login session decides
 * @param providerSession the login at the identity provider (claim {@code sid}), whose end ends all
 *     that came of it
 */
public record Authentication(
    Optional<String> subject,
    Optional<Instant> issuedAt,
    Optional<Instant> expiresAt,
    Optional<String> providerSession) {
  /** By the container's own accounts: no provider knows of it, and it does not end. */
  public static final Authentication LOCAL =
      new Authentication(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
