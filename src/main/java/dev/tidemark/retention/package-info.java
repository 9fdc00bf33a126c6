/**
 * Retention: data moves on, and goes, by its age. The {@link dev.tidemark.retention.Purge} raises
 * floors, keeps partitions ahead of the clock and moves the days of the log that are over; it
 * deletes no event unless the operator chose so. The {@link dev.tidemark.retention.RecordCleanup}
 * removes records that are older than they are kept. Policies and holds are rows of the database,
 * and the functions of its owner keep to them.
 *
 * <p>Begin with {@link dev.tidemark.retention.Purge}. Calls no other room: its work is in the
 * database.
 */
package dev.tidemark.retention;
