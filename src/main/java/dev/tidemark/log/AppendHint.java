package dev.tidemark.log;

/**
 * Announced when a container transaction appended events. Only a hint, even after the commit: when
 * the database dies during it, the container does not know the outcome and announces a success all
 * the same. What this tells of must be read from the log before it is shown (R2).
 *
 * @param head the session's newest cursor, if the transaction committed
 */
public record AppendHint(long sessionKey, long head) {}
