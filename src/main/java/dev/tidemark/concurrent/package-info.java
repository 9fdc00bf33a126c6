/**
 * Work shared out fairly over the threads of the container: queues, batches, periodic jobs.
 *
 * <p>Every room may use this one; it calls none.
 */
package dev.tidemark.concurrent;
