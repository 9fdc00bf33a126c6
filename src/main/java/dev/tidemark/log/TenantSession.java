package dev.tidemark.log;

/**
 * A session to be read, and the tenant that it has to be of. The database opens it only if the two
 * belong together.
 *
 * @param tenant of who reads, not of what is read
 */
public record TenantSession(String tenant, long sessionKey) {}
