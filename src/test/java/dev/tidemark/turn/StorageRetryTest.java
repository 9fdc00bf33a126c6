package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.agent.TurnOverException;
import dev.tidemark.agent.TurnOverException.Cause;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A database outage only delays a turn, and no step is done twice. */
final class StorageRetryTest {
  private final RuntimeException gone =
      new PersistenceException(new SQLException("connection failure", "08006"));

  private final TurnRun run =
      new TurnRun(
          RecordedTurns.started(1, "test").turn(),
          RecordedTurns.ALICE,
          Instant.now().plus(Duration.ofMinutes(1)));
  private final List<String> asked = new ArrayList<>();

  /** The results of the step and of the question after it, in order; an exception is thrown. */
  private final Deque<Object> script = new ArrayDeque<>();

  @Test
  void aStepThatSucceedsIsDoneOnce() {
    script.add("value");
    assertEquals("value", until(patient(() -> false)));
    assertEquals(List.of("step"), asked);
  }

  @Test
  void afterAFailureItAsksWhetherTheStepWasDone() {
    script.addAll(List.of(gone, Optional.of("committed unseen")));
    assertEquals("committed unseen", until(patient(() -> false)));
    assertEquals(List.of("step", "done?"), asked);
  }

  @Test
  void aStepThatWasNotDoneIsRepeated() {
    script.addAll(List.of(gone, Optional.empty(), "value"));
    assertEquals("value", until(patient(() -> false)));
    assertEquals(List.of("step", "done?", "step"), asked);
  }

  @Test
  void theQuestionMayFailTooAndIsAskedAgain() {
    script.addAll(List.of(gone, gone, Optional.of("committed unseen")));
    assertEquals("committed unseen", until(patient(() -> false)));
    assertEquals(List.of("step", "done?", "done?"), asked);
  }

  @Test
  void aMistakeIsNotRepeated() {
    RuntimeException mistake = new IllegalStateException("mistake");
    script.add(mistake);
    assertSame(
        mistake, assertThrows(IllegalStateException.class, () -> until(patient(() -> false))));
    assertEquals(List.of("step"), asked);
  }

  @Test
  void nothingIsTriedWhileTheDatabaseIsKnownToBeAway() {
    Deque<Boolean> away = new ArrayDeque<>(List.of(true, false));
    script.add("value");
    assertEquals("value", until(patient(away::remove)));
    assertEquals(List.of("step"), asked, "and what was not tried is not asked about");
  }

  @Test
  void aTurnThatIsOverWaitsNoLonger() {
    StorageRetry retry =
        patient(
            () -> {
              run.over(Cause.ABORTED);
              return true;
            });
    TurnOverException over = assertThrows(TurnOverException.class, () -> until(retry));
    assertEquals(Cause.ABORTED, over.why());
  }

  @Test
  void whenItsTimeIsUpTheTurnIsLeftToItsLease() {
    StorageRetry impatient = new StorageRetry(Duration.ZERO, () -> true);
    TurnOverException over = assertThrows(TurnOverException.class, () -> until(impatient));
    assertEquals(Cause.LEASE_LOST, over.why());
    assertEquals(List.of(), asked);
  }

  @Test
  void theEndOfATurnIsRepeatedAlthoughTheTurnIsOver() {
    run.over(Cause.ABORTED);
    script.addAll(List.of(gone, "ended"));
    patient(() -> false).repeating(() -> next("step"));
    assertEquals(List.of("step", "step"), asked);
  }

  private static StorageRetry patient(BooleanSupplier away) {
    return new StorageRetry(Duration.ofMinutes(1), away);
  }

  @SuppressWarnings("unchecked") // the script has an Optional where the question is next
  private String until(StorageRetry retry) {
    return retry.until(run, () -> (String) next("step"), () -> (Optional<String>) next("done?"));
  }

  private Object next(String question) {
    asked.add(question);
    Object next = script.remove();
    if (next instanceof RuntimeException failure) {
      throw failure;
    }
    return next;
  }
}
