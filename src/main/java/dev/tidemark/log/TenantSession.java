package dev.tidemark.log;

/**
 * A session to be read, and the tenant that it must belong to, or the database does not open it.
 *
 * @param tenant the tenant of the caller, not of the session
 */
public record TenantSession(String tenant, long sessionKey) {}
