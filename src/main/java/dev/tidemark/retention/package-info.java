/**
 * The scheduled purge: it raises floors and keeps partitions ahead of the clock. It deletes
 * nothing.
 *
 * <p>Begin with {@link dev.tidemark.retention.Purge}. May call {@code log}.
 */
package dev.tidemark.retention;
