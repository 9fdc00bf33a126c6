/**
 * What others see of a node under load: {@link dev.tidemark.testing.watch.Probe} is a neighbour who
 * asks for little, and notes how long it takes; {@code ServerProcess} and {@code CollectionLog}
 * show what the node uses.
 */
package dev.tidemark.testing.watch;
