package dev.tidemark.session;

import dev.tidemark.wire.Position;

/** A session, the caller's access to it, and where it stands. */
public record AccessibleSession(Session session, Access access, Position position) {}
