package dev.tidemark.session;

/** Who asks for which session of their tenant. */
public record SessionLookup(String tenant, String principal, String sessionId) {}
