package dev.tidemark.access;

import java.util.Locale;

/** A role of a caller. */
public enum Role {
  /** Has sessions of its own. */
  USER,
  /** Publishes events into sessions of its tenant: a program. */
  PUBLISHER,
  /** Reads the records. */
  AUDITOR,
  /** Rules over the people and sessions of its tenant. */
  ADMIN,
  /** Operates the nodes, which serve all tenants. */
  OPERATOR;

  /** The role's name in the container, and by default at the identity provider. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
