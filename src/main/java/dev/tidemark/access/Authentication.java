package dev.tidemark.access;

import java.time.Instant;
import java.util.Optional;

/**
 * The origin and lifetime of a caller's authentication; never the token or password itself.
 *
 * @param subject the identity provider's permanent id of the caller (claim {@code sub})
 * @param issuedAt the time when the token was issued or the browser logged in; empty for
 *     credentials that come with each request
 * @param expiresAt the end of a token sent by a program (claim {@code exp}); empty for a browser,
 *     whose login session decides
 * @param providerSession the login at the identity provider (claim {@code sid}); its end ends
 *     everything derived from it
 */
public record Authentication(
    Optional<String> subject,
    Optional<Instant> issuedAt,
    Optional<Instant> expiresAt,
    Optional<String> providerSession) {
  /** Authentication by an account of the container: no provider knows it, and it does not end. */
  public static final Authentication LOCAL =
      new Authentication(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
