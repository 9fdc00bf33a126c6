package dev.tidemark.ops;

/**
 * A notification on a channel of the database, from another node or this one. It is also announced
 * when listening begins, because earlier ones were missed. It is only a hint: observers note it and
 * return, and their polls cover one that is lost.
 */
public record NodeNotification(String channel) {
  /** The channel for new revocations. */
  public static final String REVOCATIONS = "tidemark_revocations";
}
