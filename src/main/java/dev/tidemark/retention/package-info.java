/**
 * Retention: moves and removes data by its age. The {@link dev.tidemark.retention.Purge} raises
 * floors, keeps partitions ahead of the clock and moves past days out of the log; it deletes no
 * event unless the operator chose so. The {@link dev.tidemark.retention.RecordCleanup} removes old
 * records. Policies and holds are rows of the database, and the functions of its owner obey them.
 *
 * <p>Begin with {@link dev.tidemark.retention.Purge}. Calls no other room: its work is in the
 * database.
 */
package dev.tidemark.retention;
