package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.agent.PublicTurnException;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.Draft;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.turn.RecordedTurns.Answer;
import dev.tidemark.wire.JsonModel;
import jakarta.json.JsonValue;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The behaviour of an agent decides how its turn ends. */
final class TurnExecutionTest {
  private static final int EVENT_BYTES = 1_024;

  private final RecordedTurns turns = new RecordedTurns();
  private StartedTurn started = RecordedTurns.started(1, "test");
  private TurnRun run = runUntil(Instant.now().plus(Duration.ofMinutes(1)));

  @Test
  void theTokensTogetherAreTheAnswer() {
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              output.reasoning("let me see");
              output.token("one ");
              output.token("two");
            });
    assertEquals(TurnStatus.COMPLETED, outcome.status());
    assertEquals(Optional.of(JsonModel.string("one two")), outcome.answer());
    assertEquals(
        List.of("reasoning_stream", "token_stream", "token_stream"),
        turns.events.stream().map(Draft::type).toList());
  }

  @Test
  void whatTheAgentCallsItsAnswerIsTheAnswer() {
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              output.token("one");
              output.answer(JsonValue.EMPTY_JSON_OBJECT);
            });
    assertEquals(Optional.of(JsonValue.EMPTY_JSON_OBJECT), outcome.answer());
  }

  @Test
  void theAgentIsToldTheMessageAndTheState() {
    List<TurnInput> told = new ArrayList<>();
    TurnOutcome outcome = answer((input, output) -> told.add(input));
    assertEquals(TurnStatus.COMPLETED, outcome.status());
    assertEquals(
        List.of(
            new TurnInput(
                "s-1",
                started.turn().turnId.toString(),
                "m-1",
                JsonModel.string("hello"),
                JsonModel.object().add("mood", "calm").build(),
                JsonModel.object().add("turns", 1).build(),
                1,
                run.deadline())),
        told);
  }

  @Test
  void aTurnWithoutItsAgentFails() {
    started = RecordedTurns.started(1, "gone");
    run = runUntil(Instant.MAX);
    assertFailed("unknown_agent", "This node has no agent 'gone'.", answer((input, output) -> {}));
  }

  @Test
  void aFailureForTheClientIsShown() {
    assertFailed(
        "agent_error",
        "No such city.",
        answer(
            (input, output) -> {
              throw new PublicTurnException("No such city.");
            }));
  }

  @Test
  void anyOtherFailureIsNotShown() {
    for (Throwable secret :
        List.of(new IllegalStateException("password"), new AssertionError("password"))) {
      assertFailed(
          "agent_error",
          "The agent failed.",
          answer(
              (input, output) -> {
                if (secret instanceof Error error) {
                  throw error;
                }
                throw (Exception) secret;
              }));
    }
  }

  @Test
  void aTurnThatWasAbortedBeforeItBeganSaysNothing() {
    started.turn().abortRequestedAt = Instant.now();
    TurnOutcome outcome = answer((input, output) -> output.token("one"));
    assertEquals(TurnStatus.ABORTED, outcome.status());
    assertEquals(List.of(), turns.events);
  }

  @Test
  void anAbortCountsEvenIfTheAgentDoesNotNotice() {
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              output.token("one");
              run.over(Cause.ABORTED);
            });
    assertEquals(TurnStatus.ABORTED, outcome.status());
    assertEquals(1, turns.events.size());
  }

  @Test
  void theFirstReasonForTheEndStays() {
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              run.over(Cause.ABORTED);
              run.over(Cause.TIME_LIMIT);
              output.token("one");
            });
    assertEquals(TurnStatus.ABORTED, outcome.status());
  }

  @Test
  void whenItsTimeIsUpTheTurnFails() {
    run = runUntil(Instant.now().minusMillis(1));
    assertFailed(
        "time_limit",
        "The turn's time is up.",
        answer((input, output) -> output.pause(Duration.ofDays(1))));
  }

  @Test
  void anAnswerThatIsTooLargeIsNotWritten() {
    assertFailed(
        "output_too_large",
        "The answer is too large.",
        answer(
            (input, output) -> {
              output.token("x".repeat(EVENT_BYTES / 2)); // the other half is the envelope's
              output.token("x");
            }));
    assertEquals(1, turns.events.size());
  }

  @Test
  void anEventThatTheLogRefusesAsTooLargeIsTheSame() {
    turns.beforeEvent =
        () -> {
          throw new PayloadTooLargeException(2, 1);
        };
    assertFailed(
        "output_too_large",
        "The answer is too large.",
        answer((input, output) -> output.reasoning("x")));
  }

  @Test
  void aNodeThatStopsHandsTheTurnOn() {
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              run.over(Cause.NODE_STOPPING);
              output.token("one");
            });
    assertEquals(TurnStatus.INTERRUPTED, outcome.status());
  }

  @Test
  void aTurnThatAnotherNodeTookIsNotEndedHere() {
    turns.beforeEvent =
        () -> {
          throw new TurnOverException(Cause.LEASE_LOST);
        };
    TurnOverException over =
        assertThrows(TurnOverException.class, () -> answer((input, output) -> output.token("one")));
    assertEquals(Cause.LEASE_LOST, over.why());
  }

  @Test
  void aTurnWhoseOutputTheDatabaseForbidsIsLeftAndNotHeldAgainstItsAgent() {
    turns.beforeEvent =
        () -> {
          throw new IllegalStateException(new SQLException("permission denied", "42501"));
        };
    List<Answer> agents =
        List.of(
            (input, output) -> output.token("one"),
            (input, output) -> output.mergeState(JsonValue.EMPTY_JSON_OBJECT));
    for (Answer agent : agents) {
      run = runUntil(Instant.MAX);
      assertEquals(
          Cause.LEASE_LOST, assertThrows(TurnOverException.class, () -> answer(agent)).why());
    }
  }

  @Test
  void whoWaitsIsWokenWhenTheTurnIsOver() {
    List<String> woken = new ArrayList<>();
    TurnOutcome outcome =
        answer(
            (input, output) -> {
              output.whenOver(() -> woken.add("stop"));
              run.over(Cause.ABORTED);
              assertTrue(output.isOver());
            });
    assertEquals(List.of("stop"), woken);
    assertEquals(TurnStatus.ABORTED, outcome.status());
  }

  private TurnRun runUntil(Instant deadline) {
    return new TurnRun(started.turn(), started.sender(), deadline);
  }

  private TurnOutcome answer(Answer agent) {
    return new TurnExecution(
            RecordedTurns.agents(agent),
            turns.transitions,
            turns.said,
            new StorageRetry(Duration.ofMinutes(1), () -> false),
            RecordedTurns.settings("tidemark.log.event-bytes", "" + EVENT_BYTES),
            RecordedTurns.NAMES)
        .execute("s-1", started.texts().orElseThrow(), run);
  }

  private static void assertFailed(String reason, String message, TurnOutcome outcome) {
    assertEquals(TurnStatus.FAILED, outcome.status());
    assertEquals(reason, RecordedTurns.data(outcome).getString("reason"));
    assertEquals(message, RecordedTurns.data(outcome).getString("message"));
  }
}
