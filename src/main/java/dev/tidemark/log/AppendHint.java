package dev.tidemark.log;

/**
 * Announces that a container transaction appended events. Only a hint, even after the commit: when
 * the database dies during the commit, the container does not know the outcome and still announces
 * a success. The events must be read from the log before they are shown (R2).
 *
 * @param head the session's newest cursor, if the transaction committed
 */
public record AppendHint(long sessionKey, long head) {}
