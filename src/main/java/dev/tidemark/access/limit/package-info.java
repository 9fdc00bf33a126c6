/**
 * How much is too much: limits by principal and by network address, on this node.
 *
 * <p>Begin with {@link dev.tidemark.access.limit.Quotas}. May call {@code record}.
 */
package dev.tidemark.access.limit;
