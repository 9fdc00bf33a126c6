package dev.tidemark.turn;

/** Announced when a turn was put into a session's queue; observed after the commit. */
record TurnQueued(long sessionKey) {}
