package dev.tidemark.session;

/** Who asks for which session of their tenant. */
public record Asker(String tenant, String principal, String sessionId) {}
