/**
 * Access tokens and logout tokens of the identity provider: how they are read, verified and judged.
 *
 * <p>Begin with {@link dev.tidemark.access.token.TokenService}. Calls no other sub-room.
 */
package dev.tidemark.access.token;
