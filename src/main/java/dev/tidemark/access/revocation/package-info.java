/**
 * Revocations: written by administrators and by the identity provider, known on every node, obeyed
 * by connections and logins.
 *
 * <p>Begin with {@link dev.tidemark.access.revocation.AdminActions}, which writes, and {@link
 * dev.tidemark.access.revocation.Revocations}, which is asked. May call {@code token}, {@code
 * login}, {@code caller}, {@code record} and {@code limit}.
 */
package dev.tidemark.access.revocation;
