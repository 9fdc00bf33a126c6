package dev.tidemark.access.token;

import java.time.Instant;
import java.util.Optional;

/**
 * The content of a token by which a provider ends logins (OpenID Connect Back-Channel Logout 1.0):
 * a provider session, or all of a subject, or that session of that subject. At least one of both is
 * there.
 *
 * @param tokenId by which a repetition is known (claim {@code jti})
 * @param expiresAt until when a repetition would be accepted
 */
public record LogoutToken(
    String tokenId,
    Optional<String> subject,
    Optional<String> providerSession,
    Instant issuedAt,
    Instant expiresAt) {}
