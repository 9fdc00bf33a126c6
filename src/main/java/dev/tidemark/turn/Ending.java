package dev.tidemark.turn;

import jakarta.json.JsonValue;
import java.util.Optional;

/**
 * How a turn ends: in exactly one of these ways.
 *
 * @param data the payload of the terminal event
 * @param answer the answer that joins the session's messages, if the turn completed
 */
record Ending(TurnStatus status, String data, Optional<JsonValue> answer) {
  static Ending completed(Turn turn, JsonValue answer) {
    return new Ending(
        TurnStatus.COMPLETED, Payloads.response(answer, turn.messageId), Optional.of(answer));
  }

  static Ending failed(Turn turn, String reason, String publicMessage) {
    return new Ending(
        TurnStatus.FAILED,
        Payloads.failed(reason, publicMessage, turn.messageId),
        Optional.empty());
  }

  static Ending aborted(Turn turn, String reason) {
    return new Ending(
        TurnStatus.ABORTED, Payloads.aborted(reason, turn.messageId), Optional.empty());
  }

  static Ending interrupted(Turn turn, String reason, boolean retried) {
    return new Ending(
        TurnStatus.INTERRUPTED,
        Payloads.interrupted(reason, retried, turn.messageId),
        Optional.empty());
  }
}
