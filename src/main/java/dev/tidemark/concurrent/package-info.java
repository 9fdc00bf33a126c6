/**
 * Fair use of the container's threads: queues, batches, periodic jobs.
 *
 * <p>Begin with {@link dev.tidemark.concurrent.FairExecutor}. Every room may use this one; it calls
 * none.
 */
package dev.tidemark.concurrent;
