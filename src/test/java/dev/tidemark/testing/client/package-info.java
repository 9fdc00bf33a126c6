/**
 * Clients as a test writes them: {@link dev.tidemark.testing.client.WireClient} notes every frame
 * and waits for one, a {@code ResumingClient} comes back by itself, a {@code RawSocket} reads only
 * when it is told to. Every frame they see is checked against {@code docs/asyncapi.yaml}.
 */
package dev.tidemark.testing.client;
