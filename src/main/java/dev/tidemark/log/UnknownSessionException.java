package dev.tidemark.log;

import jakarta.ejb.ApplicationException;

/** There is no session with this key; nothing was read or written. */
@ApplicationException(rollback = true)
public final class UnknownSessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnknownSessionException(long sessionKey) {
    super("There is no session with the key " + sessionKey + ".");
  }
}
