/**
 * Clients of tests: {@link dev.tidemark.testing.client.WireClient} records every frame and waits
 * for one, {@code ResumingClient} comes back by itself, {@code RawSocket} reads only when told to.
 * The first two check every frame that they receive against {@code docs/asyncapi.yaml}.
 */
package dev.tidemark.testing.client;
