package dev.tidemark.access.revocation;

import java.sql.SQLException;

/** An administrative act could not be written down, so it was not done. */
public final class AdminActionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AdminActionFailedException(SQLException cause) {
    super("An administrative act could not be recorded.", cause);
  }
}
