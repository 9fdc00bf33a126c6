/**
 * Hostile clients, made up from a seed: a million frames on the socket and ten thousand calls of
 * REST, beside clients that behave. Begin with {@link dev.tidemark.tools.fuzz.FuzzRun}; {@code
 * FrameGenerator} and {@code CallGenerator} make the hostility up, {@code SocketOracle}, {@code
 * CallOracle} and {@code FuzzedNode} know what the gateway has to do all the same.
 */
package dev.tidemark.tools.fuzz;
