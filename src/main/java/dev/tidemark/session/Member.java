package dev.tidemark.session;

import java.time.Instant;

/** A principal with whom a session is shared. */
public record Member(String principal, boolean mayWrite, Instant addedAt, String addedBy) {}
