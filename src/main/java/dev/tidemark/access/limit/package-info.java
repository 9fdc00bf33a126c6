/**
 * Quotas of principals and of networks, on this node: connections, joins, messages, failures.
 *
 * <p>Begin with {@link dev.tidemark.access.limit.Quotas}. Calls no other sub-room.
 */
package dev.tidemark.access.limit;
