package dev.tidemark.agent;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;

/**
 * Takes an agent's output. A call that appends an event returns when the event is committed. Such
 * calls and {@link #pause} throw {@link TurnOverException} once the turn is over: aborted, out of
 * time, or taken over by another node. For one thread at a time.
 */
public interface TurnOutput {
  /** Streams a piece of the answer. */
  void token(String content);

  /** Streams a piece of the reasoning behind the answer. */
  void reasoning(String content);

  /** Reports a tool call. */
  void toolCall(String callId, String name, JsonObject arguments);

  /** Reports the result of a tool call. */
  void toolResult(String callId, String name, JsonValue result);

  /**
   * Merges a patch into the session's state (RFC 7396: null removes).
   *
   * @return the state after the merge
   */
  JsonObject mergeState(JsonObject patch);

  /** Sets the answer, a JSON string or object. Without this call it is all tokens together. */
  void answer(JsonValue content);

  /** Waits, but not past the end of the turn. */
  void pause(Duration duration);

  /** Runs {@code action} if the turn is over before the agent is done, to stop a blocking call. */
  void whenOver(Runnable action);

  /** Whether the turn is over before the agent is done. */
  boolean isOver();
}
