/**
 * How much is too much: limits by principal and by network address, on this node.
 *
 * <p>Begin with {@link dev.tidemark.access.limit.Quotas}. Calls no other sub-room.
 */
package dev.tidemark.access.limit;
