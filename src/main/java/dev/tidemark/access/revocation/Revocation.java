package dev.tidemark.access.revocation;

import java.time.Instant;

/**
 * A revocation as it was written; times are the database's.
 *
 * @param issuedBefore credentials from before are refused
 * @param inForceUntil until then
 */
public record Revocation(
    long id,
    RevocationTarget target,
    Instant revokedAt,
    Instant issuedBefore,
    Instant inForceUntil) {}
