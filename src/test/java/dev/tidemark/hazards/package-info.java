/**
 * What hurts a gateway, at its edges: limits, slow and silent clients, restarts, turns that go
 * wrong.
 */
package dev.tidemark.hazards;
