package dev.tidemark.session;

import java.util.Locale;

/** The access of a principal to a session that it may enter. */
public enum Access {
  /** Owns the session and may share it. */
  OWNER,
  /** May send messages and abort turns. */
  WRITE,
  /** May only receive events. */
  READ;

  static Access named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The lower-case name, as in the database and the REST interface. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean mayWrite() {
    return this != READ;
  }
}
