package dev.tidemark.session;

import java.util.Locale;

/** The access of a principal to a session that it may enter. */
public enum Access {
  /** Made it, and shares it. */
  OWNER,
  /** May say messages and abort turns. */
  WRITE,
  /** May only follow. */
  READ;

  static Access named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** In lower case, as the database and the REST face spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean mayWrite() {
    return this != READ;
  }
}
