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
  ABORTS,
  /** Frames of any kind. */
  FRAMES("too_fast"),
  /** Bytes of frames and of request bodies. */
  BYTES,
  /** Sessions that somebody owns. */
  SESSIONS,
  /** Tickets that are not spent yet. */
  TICKETS,
  /** Refused attempts of an address to log in or to log somebody out. */
  FAILURES;

  private final String code;

  Quota() {
    code = "too_many_" + name().toLowerCase(Locale.ROOT);
  }

  Quota(String code) {
    this.code = code;
  }

  /** The code for a client that has exceeded the quota. */
  public String code() {
    return code;
  }
}
