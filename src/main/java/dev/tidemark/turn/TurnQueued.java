package dev.tidemark.turn;

import dev.tidemark.log.Sender;

/**
 * Announced when a session may have a turn to start: one was queued, or the one before it has ended
 * without its node. Observed after the commit.
 *
 * @param sender who sent the message of that turn, as far as is known: only the start decides
 */
record TurnQueued(long sessionKey, Sender sender) {}
