package dev.tidemark.access.revocation;

import java.time.Instant;
import java.util.Optional;

/**
 * A revocation to be written.
 *
 * @param logout the identity provider's request, if that is the cause
 */
record RevocationCommand(RevocationTarget target, AdminAction action, Optional<Logout> logout) {
  /**
   * @param id the request's id ({@code jti}), which is accepted once
   * @param issuedAt the time of issue by the provider's clock, which may be ahead
   * @param expiresAt the time until which a repetition has to be detected
   */
  record Logout(String issuer, String id, Instant issuedAt, Instant expiresAt) {}
}
