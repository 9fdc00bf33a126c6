/**
 * What goes wrong, made to go wrong: interleavings forced by locks, processes killed, the database
 * away, forked or restored.
 */
package dev.tidemark.faults;
