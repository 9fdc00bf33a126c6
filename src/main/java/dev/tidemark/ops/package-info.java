/**
 * Configuration, metrics and health.
 *
 * <p>Every room may use this one; it calls none.
 */
package dev.tidemark.ops;
