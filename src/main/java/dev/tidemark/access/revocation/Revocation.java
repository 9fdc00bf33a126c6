package dev.tidemark.access.revocation;

import java.time.Instant;

/**
 * A revocation as it was written; times are the database's.
 *
 * @param issuedBefore the time before which issued credentials are refused
 * @param inForceUntil the time when the revocation ends
 */
public record Revocation(
    long id,
    RevocationTarget target,
    Instant revokedAt,
    Instant issuedBefore,
    Instant inForceUntil) {}
