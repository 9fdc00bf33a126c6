/**
 * The scheduled purge: it raises floors, keeps partitions ahead of the clock and moves days that
 * are over. It deletes nothing unless the operator chose so. Policies and holds are rows of the
 * database, and the functions of its owner keep to them.
 *
 * <p>Begin with {@link dev.tidemark.retention.Purge}. May call {@code log}.
 */
package dev.tidemark.retention;
