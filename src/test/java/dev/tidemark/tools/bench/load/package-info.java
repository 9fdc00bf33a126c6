/**
 * The load generator: a separate process that opens WebSockets, counts frames and measures times.
 * Begin with {@link dev.tidemark.tools.bench.load.LoadGenerator}; {@link
 * dev.tidemark.tools.bench.Load} drives it.
 */
package dev.tidemark.tools.bench.load;
