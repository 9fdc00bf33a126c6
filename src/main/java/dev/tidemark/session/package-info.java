/**
 * A session with its state, messages and members; the decision whether a returning client is
 * replayed to or must resync; the snapshot that it gets in that case.
 *
 * <p>Begin with {@link dev.tidemark.session.Resume}. May call {@code wire} and {@code log}.
 */
package dev.tidemark.session;
