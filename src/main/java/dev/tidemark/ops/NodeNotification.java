package dev.tidemark.ops;

/**
 * Announced when another node, or this one, has notified everybody on a channel of the database;
 * also when listening begins, because what was told before was missed. Only a hint: observers note
 * it and return, and something else covers one that is lost.
 */
public record NodeNotification(String channel) {
  /** Somebody was revoked. */
  public static final String REVOCATIONS = "tidemark_revocations";
}
