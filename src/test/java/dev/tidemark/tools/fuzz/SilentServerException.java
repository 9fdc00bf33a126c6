package dev.tidemark.tools.fuzz;

import java.time.Duration;

/** The server has neither answered nor read nor closed. */
final class SilentServerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SilentServerException(Duration patience) {
    super("nothing for " + patience.toSeconds() + " s");
  }
}
