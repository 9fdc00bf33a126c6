/**
 * The whole system when something fails or changes under it: crashes, failover, restore, upgrade,
 * two nodes, interleavings forced by locks.
 */
package dev.tidemark.system;
