/**
 * People who take too much, beside a neighbour who asks for little: what it costs the neighbour.
 * Begin with {@link dev.tidemark.tools.bench.neighbours.Neighbourhood}; {@code Nuisance} lists what
 * may be too much.
 */
package dev.tidemark.tools.bench.neighbours;
