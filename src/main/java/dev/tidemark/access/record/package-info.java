/**
 * The record of what was refused.
 *
 * <p>Begin with {@link dev.tidemark.access.record.Refusals}. May call {@code caller}.
 */
package dev.tidemark.access.record;
