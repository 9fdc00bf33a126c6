package dev.tidemark.session;

/** A principal's request for a session of its tenant. */
public record SessionLookup(String tenant, String principal, String sessionId) {}
