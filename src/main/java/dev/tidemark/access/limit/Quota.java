package dev.tidemark.access.limit;

import java.util.Locale;

/** The kinds of quotas. */
public enum Quota {
  CONNECTIONS,
  JOINS,
  MESSAGES,
  /** Tickets that are not spent yet. */
  TICKETS,
  /** Attempts of an address to sign in, or to log somebody out, that were refused. */
  FAILURES;

  private final String code = "too_many_" + name().toLowerCase(Locale.ROOT);

  /** The code that a client is told when it has asked for too much. */
  public String code() {
    return code;
  }
}
