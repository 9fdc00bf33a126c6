package dev.tidemark.access.token;

import java.time.Instant;
import java.util.Optional;

/**
 * The content of a token by which a provider ends logins (OpenID Connect Back-Channel Logout 1.0):
 * a provider session, all sessions of a subject, or one session of a subject. At least one of both
 * is present.
 *
 * @param tokenId the id that shows a repetition (claim {@code jti})
 * @param expiresAt the time until which a repetition would be accepted
 */
public record LogoutToken(
    String tokenId,
    Optional<String> subject,
    Optional<String> providerSession,
    Instant issuedAt,
    Instant expiresAt) {}
