package dev.tidemark.turn;

import dev.tidemark.log.Draft;
import dev.tidemark.wire.EventTypes;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of a turn, exactly one of four kinds: completed, failed, aborted, interrupted.
 *
 * @param data payload of the terminal event
 * @param answer answer that joins the session's messages, if the turn completed
 */
record TurnOutcome(TurnStatus status, String data, Optional<JsonValue> answer) {
  /** The terminal event and, right behind it, {@code stream_end}. */
  List<Draft> drafts(Turn turn) {
    return List.of(
        Draft.ofTurn(turn.turnId, status.terminalEvent(), turn.agentId, data),
        Draft.ofTurn(turn.turnId, EventTypes.STREAM_END, turn.agentId, Payloads.streamEnd(status)));
  }

  static TurnOutcome completed(Turn turn, JsonValue answer) {
    return new TurnOutcome(
        TurnStatus.COMPLETED, Payloads.response(answer, turn.messageId), Optional.of(answer));
  }

  static TurnOutcome failed(Turn turn, String reason, String publicMessage) {
    return new TurnOutcome(
        TurnStatus.FAILED,
        Payloads.failed(reason, publicMessage, turn.messageId),
        Optional.empty());
  }

  static TurnOutcome aborted(Turn turn, String reason) {
    return new TurnOutcome(
        TurnStatus.ABORTED, Payloads.aborted(reason, turn.messageId), Optional.empty());
  }

  static TurnOutcome interrupted(Turn turn, String reason, boolean retried) {
    return new TurnOutcome(
        TurnStatus.INTERRUPTED,
        Payloads.interrupted(reason, retried, turn.messageId),
        Optional.empty());
  }
}
