package dev.tidemark.session;

import dev.tidemark.wire.Position;

/** A session, the caller's access to it, and its position. */
public record AccessibleSession(Session session, Access access, Position position) {}
