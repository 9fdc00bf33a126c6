/**
 * Work shared out fairly over the threads of the container: queues, batches, periodic jobs.
 *
 * <p>Begin with {@link dev.tidemark.concurrent.FairExecutor}. Every room may use this one; it calls
 * none.
 */
package dev.tidemark.concurrent;
