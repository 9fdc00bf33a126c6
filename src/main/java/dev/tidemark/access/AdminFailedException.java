package dev.tidemark.access;

import java.sql.SQLException;

/** An administrative act could not be written down, so it was not done. */
public final class AdminFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AdminFailedException(SQLException cause) {
    super("An administrative act could not be recorded.", cause);
  }
}
