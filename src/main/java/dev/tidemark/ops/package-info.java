/**
 * The state of the node, its readiness and metrics, and notifications between nodes.
 *
 * <p>Begin with {@link dev.tidemark.ops.Node}. Every room may use this one; it calls none but
 * {@code wire}, whose codes are labels of metrics.
 */
package dev.tidemark.ops;
