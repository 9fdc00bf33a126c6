package dev.tidemark.turn;

import dev.tidemark.session.SessionMessages.Said;
import jakarta.json.JsonObject;

/**
 * A turn that has begun, with the message that it answers and the session's state at that moment.
 */
record StartedTurn(Turn turn, String sessionId, Said said, JsonObject state) {}
