package dev.tidemark.access;

import java.util.Locale;

/** A role of a caller. */
public enum Role {
  /** Has sessions of its own. */
  USER,
  /** Publishes events into sessions of its tenant: a program. */
  PUBLISHER,
  /** Reads what was recorded. */
  AUDITOR,
  /** Operates the node. */
  ADMIN;

  /** As the container and the identity provider spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
