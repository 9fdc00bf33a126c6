package dev.tidemark.agent;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;

/**
 * The input of an agent for one turn.
 *
 * @param content what the client said: a JSON string or object
 * @param metadata what the client sent along, perhaps empty
 * @param state the session's state when the turn began
 * @param attempt 1, or more if earlier turns for this message were interrupted
 * @param deadline when the turn's time is up
 */
public record TurnInput(
    String sessionId,
    String turnId,
    String messageId,
    JsonValue content,
    JsonObject metadata,
    JsonObject state,
    int attempt,
    Instant deadline) {}
