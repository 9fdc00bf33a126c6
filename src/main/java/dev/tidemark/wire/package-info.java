/**
 * The frames between a client and the gateway, as records, with their decoding and encoding, and
 * the error and close codes.
 *
 * <p>Plain Java and JSON-P, without container and I/O; calls no other room. The reference is {@code
 * docs/protocol.md}, and {@code docs/asyncapi.yaml} for machines. Begin with {@link
 * dev.tidemark.wire.ClientFrame} and its decoder for the way in, with {@link
 * dev.tidemark.wire.ConnectionFrame} and {@link dev.tidemark.wire.EventFrame} for the way out.
 */
package dev.tidemark.wire;
