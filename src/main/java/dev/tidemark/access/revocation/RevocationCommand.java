package dev.tidemark.access.revocation;

import java.time.Instant;
import java.util.Optional;

/**
 * A revocation to be written.
 *
 * @param logout the request of the identity provider, if it is its doing
 */
record RevocationCommand(RevocationTarget target, AdminAction act, Optional<Logout> logout) {
  /**
   * @param id the request's name ({@code jti}), under which it is taken once
   * @param issuedAt when it was issued, by the provider's clock, which may be ahead
   * @param expiresAt until when a repetition has to be known
   */
  record Logout(String issuer, String id, Instant issuedAt, Instant expiresAt) {}
}
