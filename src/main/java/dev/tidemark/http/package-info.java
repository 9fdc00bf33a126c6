/**
 * The REST face: who am I, my sessions, and what an administrator asks of the node and of whom.
 *
 * <p>Begin with {@link dev.tidemark.http.Api}.
 */
package dev.tidemark.http;
