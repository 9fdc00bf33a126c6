/**
 * Sessions with their state, messages and members; the decision whether a returning client is
 * replayed to or must resync; the snapshot for a resync.
 *
 * <p>Begin with {@link dev.tidemark.session.Resume}. May call {@code wire} and {@code log}.
 */
package dev.tidemark.session;
