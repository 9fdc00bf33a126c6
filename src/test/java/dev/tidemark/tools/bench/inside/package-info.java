/**
 * What the benchmark puts into the application's WAR: an agent that talks as fast as it is told to,
 * and a servlet that appends without any client.
 */
package dev.tidemark.tools.bench.inside;
