package dev.tidemark.turn;

/**
 * Announced when a session may have a turn to start: one was queued, or its running turn was taken
 * from its node. Observed after the commit.
 */
record TurnQueued(long sessionKey) {}
