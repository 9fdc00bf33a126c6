package dev.tidemark.access;

import java.time.Instant;

/**
 * A revocation as it was written; times are the database's.
 *
 * @param issuedBefore credentials from before are refused
 * @param inForceUntil until then
 */
public record Revocation(
    long id, Target target, Instant revokedAt, Instant issuedBefore, Instant inForceUntil) {}
