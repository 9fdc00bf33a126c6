package dev.tidemark.access.revocation;

import java.sql.SQLException;

/** The floor of a session was not raised, because a legal hold keeps it. */
public final class SessionHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SessionHeldException(SQLException cause) {
    super("A legal hold keeps the floor of this session.", cause);
  }
}
