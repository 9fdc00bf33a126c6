package dev.tidemark.agent;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;

/**
 * The input of an agent for one turn.
 *
 * @param content content of the client's message: a JSON string or object
 * @param metadata metadata of the client's message, perhaps empty
 * @param state the session's state when the turn began
 * @param attempt number of this attempt at the message, from 1; higher after interrupted turns
 * @param deadline end of the turn's time
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
