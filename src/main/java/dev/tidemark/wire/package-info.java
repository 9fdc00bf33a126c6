/**
 * What a client and the gateway say to each other: the frames as records, their decoding and
 * encoding, the error and close codes.
 *
 * <p>Plain Java and JSON-P; no container, no I/O, and it calls no other room. The reference is
 * {@code docs/protocol.md}, and {@code docs/asyncapi.yaml} for machines. Begin with {@link
 * dev.tidemark.wire.FrameDecoder} for the way in and with {@link dev.tidemark.wire.EventFrame} for
 * the way out.
 */
package dev.tidemark.wire;
