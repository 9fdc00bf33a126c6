package dev.tidemark.access.revocation;

import java.sql.SQLException;

/** An administrative action is not known to be recorded; it may be repeated. */
public final class AdminActionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AdminActionFailedException(SQLException cause) {
    super("An administrative action could not be recorded.", cause);
  }
}
