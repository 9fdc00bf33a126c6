/**
 * An endpoint with nothing behind it, in a WAR of its own on the same server: what the socket alone
 * can carry.
 */
package dev.tidemark.tools.bench.bare;
