/**
 * The benchmark's additions to the application's WAR: an agent that writes at a given pace, and a
 * servlet that appends without any client.
 */
package dev.tidemark.tools.bench.inside;
