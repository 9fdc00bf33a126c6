package dev.tidemark.log;

/**
 * What somebody is to be read: one session, of this tenant. The database opens it only if the two
 * belong together.
 *
 * @param tenant of who reads, not of what is read
 */
public record TenantSession(String tenant, long sessionKey) {}
