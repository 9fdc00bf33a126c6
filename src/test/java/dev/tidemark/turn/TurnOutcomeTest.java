package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Draft;
import dev.tidemark.wire.JsonModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Each turn has one terminal event and, right behind it, the end of its stream. */
final class TurnOutcomeTest {
  private final Turn turn = RecordedTurns.started(1, "test").turn();

  @ParameterizedTest
  @EnumSource(
      value = TurnStatus.class,
      mode = Mode.EXCLUDE,
      names = {"QUEUED", "RUNNING"})
  void everyEndIsATerminalEventAndTheEndOfTheStream(TurnStatus status) {
    TurnOutcome outcome =
        switch (status) {
          case COMPLETED -> TurnOutcome.completed(turn, JsonModel.string("all"));
          case FAILED -> TurnOutcome.failed(turn, "agent_error", "No.");
          case ABORTED -> TurnOutcome.aborted(turn, "user");
          case INTERRUPTED -> TurnOutcome.interrupted(turn, "lost_node", true);
          case QUEUED, RUNNING -> throw new AssertionError(status);
        };
    List<Draft> drafts = outcome.drafts(turn);
    assertEquals(
        List.of(status.terminalEvent(), "stream_end"), drafts.stream().map(Draft::type).toList());
    assertEquals(
        status.text(), JsonModel.parse(drafts.get(1).data()).asJsonObject().getString("outcome"));
    for (Draft draft : drafts) {
      assertEquals(Optional.of(turn.turnId), draft.turnId());
      assertEquals("test", draft.source());
    }
    assertEquals("m-1", RecordedTurns.data(outcome).getString("message_id"));
    assertEquals(status == TurnStatus.COMPLETED, outcome.answer().isPresent());
  }

  @Test
  void theClientIsToldWhyAndWhetherItIsTriedAgain() {
    assertEquals(
        "time_limit",
        RecordedTurns.data(TurnOutcome.failed(turn, "time_limit", "")).getString("reason"));
    assertEquals("user", RecordedTurns.data(TurnOutcome.aborted(turn, "user")).getString("reason"));
    assertTrue(
        RecordedTurns.data(TurnOutcome.interrupted(turn, "lost_node", true)).getBoolean("retried"));
  }
}
