package dev.tidemark.turn;

import java.util.UUID;

/** Announced when a client has asked to abort a turn; observed after the commit. */
record AbortRequested(UUID turnId) {}
