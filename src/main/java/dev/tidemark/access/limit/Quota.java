package dev.tidemark.access.limit;

import java.util.Locale;

/** The kinds of quotas. */
public enum Quota {
  CONNECTIONS,
  JOINS,
  MESSAGES,
  /** REST requests. */
  REQUESTS,
  /** Request bodies that are on their way. */
  BODIES,
  /** Tickets that are not spent yet. */
  TICKETS,
  /** Refused attempts of an address to log in or to log somebody out. */
  FAILURES;

  private final String code = "too_many_" + name().toLowerCase(Locale.ROOT);

  /** The code for a client that has exceeded the quota. */
  public String code() {
    return code;
  }
}
