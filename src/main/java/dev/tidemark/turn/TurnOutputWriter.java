package dev.tidemark.turn;

import dev.tidemark.agent.TurnOutput;
import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.Draft;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.StorageFailure;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.EventTypes;
import dev.tidemark.wire.JsonModel;
import dev.tidemark.wire.StorableText;
import dev.tidemark.wire.Utf8;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Appends an agent's output to the log, one event for each call. */
final class TurnOutputWriter implements TurnOutput {
  private static final Logger LOG = Logger.getLogger(TurnOutputWriter.class);

  /** Of the text that is gathered, at the most. */
  private static final int BYTES_OF_A_CHARACTER = 2;

  private final TurnRun running;
  private final Turn turn;
  private final TurnTransitions transitions;
  private final TurnEvents events;
  private final StorageRetry storageRetry;
  private final long maxAnswerBytes;
  private final StringBuilder tokens = new StringBuilder();
  private long tokenBytes;
  private JsonValue answer;

  TurnOutputWriter(
      TurnRun running,
      TurnTransitions transitions,
      TurnEvents events,
      StorageRetry storageRetry,
      long maxAnswerBytes) {
    this.running = running;
    this.turn = running.turn();
    this.transitions = transitions;
    this.events = events;
    this.storageRetry = storageRetry;
    this.maxAnswerBytes = maxAnswerBytes;
  }

  @Override
  public void token(String content) {
    StorableText.require("content", content, ErrorCode.INVALID_MESSAGE);
    tokenBytes += Utf8.length(content);
    if (tokenBytes > maxAnswerBytes) {
      throw new TurnOverException(Cause.OUTPUT_TOO_LARGE);
    }
    say(EventTypes.TOKEN_STREAM, Payloads.content(content));
    running.tokenAppended();
    int before = tokens.capacity();
    tokens.append(content);
    running.grown((long) BYTES_OF_A_CHARACTER * (tokens.capacity() - before));
  }

  @Override
  public void reasoning(String content) {
    StorableText.require("content", content, ErrorCode.INVALID_MESSAGE);
    say(EventTypes.REASONING_STREAM, Payloads.content(content));
  }

  @Override
  public void toolCall(String callId, String name, JsonObject arguments) {
    StorableText.require("arguments", arguments, ErrorCode.INVALID_MESSAGE);
    say(EventTypes.TOOL_CALL_STREAM, Payloads.toolCall(callId, name, arguments));
  }

  @Override
  public void toolResult(String callId, String name, JsonValue result) {
    StorableText.require("result", result, ErrorCode.INVALID_MESSAGE);
    say(EventTypes.TOOL_RESULT_STREAM, Payloads.toolResult(callId, name, result));
  }

  @Override
  public JsonObject mergeState(JsonObject patch) {
    StorableText.require("patch", patch, ErrorCode.INVALID_MESSAGE);
    running.requireGoing();
    Draft draft = draft(EventTypes.STATE_UPDATE, Payloads.patch(patch));
    return step(
        () ->
            storageRetry.until(
                running,
                () -> transitions.mergeState(turn, draft, patch),
                () -> transitions.stateIfHeld(turn, draft.eventId())));
  }

  @Override
  public void answer(JsonValue content) {
    StorableText.require("answer", content, ErrorCode.INVALID_MESSAGE);
    answer = content;
  }

  /** The agent's answer: the one that it gave, or else all its tokens together. */
  JsonValue answer() {
    return answer != null ? answer : JsonModel.string(tokens.toString());
  }

  @Override
  public void pause(Duration duration) {
    running.pause(duration);
  }

  @Override
  public void whenOver(Runnable action) {
    running.whenOver(action);
  }

  @Override
  public boolean isOver() {
    return running.over().isPresent();
  }

  private void say(String type, String data) {
    running.requireGoing();
    Draft draft = draft(type, data);
    step(
        () ->
            storageRetry.until(
                running,
                () -> events.append(running, draft),
                () -> transitions.isHeld(turn, draft.eventId())));
  }

  private Draft draft(String type, String data) {
    return Draft.ofTurn(turn.turnId, type, turn.agentId, data);
  }

  /**
   * Does a step, and tells failures that are the agent's from one that is the operator's: a turn
   * whose output the database refuses for a missing right is left to its lease.
   */
  private <T> T step(Supplier<T> append) {
    try {
      return append.get();
    } catch (PayloadTooLargeException e) {
      throw (TurnOverException) new TurnOverException(Cause.OUTPUT_TOO_LARGE).initCause(e);
    } catch (RuntimeException e) {
      if (!StorageFailure.isOfMissingRight(e)) {
        throw e;
      }
      LOG.errorf(
          "TIDE0312 The database refuses what turn %s has to write; it is left to its lease: %s",
          turn.turnId, e.getMessage());
      running.over(Cause.LEASE_LOST);
      throw (TurnOverException) new TurnOverException(Cause.LEASE_LOST).initCause(e);
    }
  }
}
