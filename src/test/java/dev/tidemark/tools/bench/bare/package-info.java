/**
 * An endpoint with nothing behind it, in a WAR of its own on the same server: it shows the limit of
 * the socket alone.
 */
package dev.tidemark.tools.bench.bare;
