package dev.tidemark.agent;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;

/**
 * Where an agent's answer goes. Each call returns when its event is committed, and throws {@link
 * TurnOverException} once the turn is over: aborted, out of time, or taken over by another node.
 * For one thread at a time.
 */
public interface TurnOutput {
  /** Streams a piece of the answer. */
  void token(String content);

  /** Streams a piece of the thinking that leads to the answer. */
  void reasoning(String content);

  /** Says that a tool is called. */
  void toolCall(String callId, String name, JsonObject arguments);

  /** Says what a tool gave back. */
  void toolResult(String callId, String name, JsonValue result);

  /**
   * Merges into the session's state (RFC 7396: null removes).
   *
   * @return the state after the merge
   */
  JsonObject mergeState(JsonObject patch);

  /** The whole answer, a JSON string or object, if it is not simply all tokens together. */
  void answer(JsonValue content);

  /** Waits, but not past the end of the turn. */
  void pause(Duration duration);

  /**
   * Runs {@code action} when the turn is over before the agent is done, to stop what it waits for.
   */
  void whenOver(Runnable action);

  /** Whether the turn is over before the agent is done. */
  boolean isOver();
}
