package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.concurrent.BackgroundJobs;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.ops.NotReady;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A lost turn is asked for once at a time, and again if that failed, whatever was thrown. */
final class TurnSweepTest {
  private final Map<String, Runnable> jobs = new HashMap<>();
  private final Turn lost = RecordedTurns.started(1, "test").turn();
  private final List<Set<UUID>> beingTaken = new ArrayList<>();
  private CompletionStage<Void> taking = new CompletableFuture<>();
  private Runnable beforeTaking = () -> {};

  @Test
  void aTurnThatIsBeingTakenIsNotAskedForAgainUntilThatIsOver() {
    Runnable sweep = sweep();
    sweep.run();
    sweep.run();
    taking.toCompletableFuture().completeExceptionally(new IllegalStateException("of the test"));
    taking = CompletableFuture.completedFuture(null);
    sweep.run();
    sweep.run();
    assertEquals(List.of(Set.of(), Set.of(lost.turnId), Set.of(), Set.of()), beingTaken);
  }

  @Test
  void aTurnThatCannotBeAskedForIsTriedAgain() {
    Runnable sweep = sweep();
    List<Runnable> failures =
        new ArrayList<>(
            List.of(
                () -> {
                  throw new IllegalStateException("of the test");
                },
                () -> {
                  throw new InternalError("of the test");
                }));
    beforeTaking =
        () -> {
          if (!failures.isEmpty()) {
            failures.remove(0).run();
          }
        };
    for (int run = 0; run < 3; run++) {
      sweep.run();
    }
    assertEquals(List.of(Set.of(), Set.of(), Set.of()), beingTaken);
  }

  private Runnable sweep() {
    TurnSweep made = new TurnSweep();
    made.leases =
        new TurnLeases() {
          @Override
          public List<Turn> lost(Collection<UUID> taken, Collection<UUID> running) {
            beingTaken.add(Set.copyOf(taken));
            return taken.contains(lost.turnId) ? List.of() : List.of(lost);
          }

          @Override
          public List<TurnQueued> waiting() {
            return List.of();
          }

          @Override
          public long queued() {
            return 0;
          }
        };
    made.interruptions =
        new TurnInterruptions() {
          @Override
          CompletionStage<Void> takeLost(Turn found, String reason, boolean retry) {
            beforeTaking.run();
            return taking;
          }
        };
    made.conclusions = new TurnConclusions();
    made.conclusions.agents = RecordedTurns.agents((input, output) -> {});
    made.runner =
        new TurnRunner() {
          @Override
          Set<UUID> runningIds() {
            return Set.of();
          }

          @Override
          List<TurnRun> runs() {
            return List.of();
          }
        };
    made.deadlines = new TurnDeadlines();
    made.deadlines.runner = made.runner;
    made.names = RecordedTurns.NAMES;
    made.settings = RecordedTurns.settings();
    made.metrics = new Metrics() {};
    made.node =
        new Node() {
          @Override
          public boolean isStorageAway() {
            return false;
          }

          @Override
          public Optional<NotReady> refusal() {
            return Optional.empty();
          }
        };
    made.backgroundJobs =
        new BackgroundJobs() {
          @Override
          public void every(String name, Duration period, Runnable job) {
            jobs.put(name, job);
          }
        };
    made.start(new Object());
    return jobs.get("turn sweep");
  }
}
