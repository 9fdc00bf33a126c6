/**
 * Who you are and what you may touch: the caller, origins, ownership of sessions, how many
 * connections and joins are too many.
 *
 * <p>Begin with {@link dev.tidemark.access.Gate}. May call {@code session}.
 */
package dev.tidemark.access;
