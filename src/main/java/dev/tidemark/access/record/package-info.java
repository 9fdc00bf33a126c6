/**
 * The record of refusals (handshakes, requests and frames, with their code and their caller), and
 * that of sign-ins and reads by REST.
 *
 * <p>Begin with {@link dev.tidemark.access.record.Refusals}. May call {@code caller}.
 */
package dev.tidemark.access.record;
