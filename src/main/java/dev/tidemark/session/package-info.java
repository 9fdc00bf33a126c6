/**
 * A session, its state and its messages; whether a client that comes back can replay or must
 * resync; the snapshot that it then gets.
 *
 * <p>Begin with {@link dev.tidemark.session.Resume}. May call {@code log}.
 */
package dev.tidemark.session;
