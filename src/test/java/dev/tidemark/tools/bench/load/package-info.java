/**
 * The load generator: a process of its own that opens WebSockets, counts what comes and looks at
 * the clock. Begin with {@link dev.tidemark.tools.bench.load.LoadGenerator}; it is driven by {@link
 * dev.tidemark.tools.bench.Load}.
 */
package dev.tidemark.tools.bench.load;
