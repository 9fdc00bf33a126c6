package dev.tidemark.turn;

import java.util.UUID;

/** Announced when a client asked for a turn's end; observed after the commit. */
record AbortRequested(UUID turnId) {}
