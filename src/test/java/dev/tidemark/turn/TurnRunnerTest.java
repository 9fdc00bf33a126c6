package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.ops.Metrics;
import dev.tidemark.ops.Node;
import dev.tidemark.turn.RecordedTurns.Answer;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * The turns of a session run one after another. The test provides the threads: a task runs when the
 * test says so, and concurrent actions happen within the agent.
 */
final class TurnRunnerTest {
  private final RecordedTurns turns = new RecordedTurns();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private Answer agent = (input, output) -> {};
  private boolean isDraining;
  private boolean isFull;
  private final TurnRunner runner = runner();

  @Test
  void theTurnsOfASessionRunOneAfterAnother() {
    queue(1, 1);
    runner.offer(1);
    runner.offer(1);
    assertEquals(1, tasks.size(), "one thread for a session");
    runTask();
    assertEquals(List.of("s-1", "s-1"), ran);
    assertEquals(2, turns.ended.size());
    assertEquals(0, runner.runningTurns());
  }

  @Test
  void aTurnThatIsQueuedWhileAnotherRunsFollowsIt() {
    queue(1);
    agent =
        (input, output) -> {
          if (ran.size() == 1) {
            queue(1);
            runner.turnQueued(new TurnQueued(1));
          }
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of("s-1", "s-1"), ran);
    assertTrue(tasks.isEmpty(), "on the same thread");
  }

  @Test
  void aHintThatComesAfterTheLastLookIsNotLost() {
    List<String> looks = new ArrayList<>();
    turns.beforeStart =
        () -> {
          looks.add("look");
          if (looks.size() == 1) {
            runner.offer(1); // the queue was found empty, and the slot is not free yet
          }
        };
    runner.offer(1);
    runTask();
    assertEquals(2, looks.size());
    runner.offer(1);
    assertEquals(1, tasks.size(), "then the slot is free");
  }

  @Test
  void sessionsRunSideBySide() {
    queue(1, 2);
    runner.offer(1);
    runner.offer(2);
    assertEquals(2, tasks.size());
    agent =
        (input, output) -> {
          if (input.sessionId().equals("s-1")) {
            runTask();
          }
        };
    runTask();
    assertEquals(List.of("s-1", "s-2"), ran);
  }

  @Test
  void aHintThatFindsNoThreadIsDroppedAndTheNextOneCounts() {
    queue(1);
    isFull = true;
    runner.offer(1);
    isFull = false;
    runner.offer(1);
    runTask();
    assertEquals(List.of("s-1"), ran);
  }

  @Test
  void aTurnThatCannotBeStartedIsLeftToTheNextHint() {
    queue(1);
    turns.beforeStart =
        () -> {
          throw new IllegalStateException("no connection");
        };
    runner.offer(1);
    runTask();
    turns.beforeStart = () -> {};
    runner.offer(1);
    runTask();
    assertEquals(List.of("s-1"), ran);
  }

  @Test
  void aNodeThatDrainsStartsNoMore() {
    queue(1, 1);
    agent = (input, output) -> isDraining = true;
    runner.offer(1);
    runTask();
    assertEquals(List.of("s-1"), ran, "what runs is finished");
    runner.offer(1);
    assertTrue(tasks.isEmpty());
  }

  @Test
  void anAbortReachesTheTurnThatRuns() {
    queue(1);
    agent =
        (input, output) -> {
          Set<UUID> running = runner.runningIds();
          assertEquals(1, running.size());
          runner.abortRequested(new AbortRequested(running.iterator().next()));
          output.token("one");
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of(TurnStatus.ABORTED), statuses());
    assertEquals(List.of(), turns.events);
  }

  @Test
  void anAgentThatWaitsIsToldThatItsTimeIsUp() {
    StartedTurn late = RecordedTurns.started(1, "test");
    late.turn().startedAt = Instant.EPOCH;
    turns.queue.add(late);
    List<String> told = new ArrayList<>();
    agent =
        (input, output) -> {
          output.whenOver(() -> told.add("over"));
          deadlines().tell();
          told.add("goes on");
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of("over", "goes on"), told);
    assertEquals(List.of(TurnStatus.FAILED), statuses());
  }

  @Test
  void anAgentThatDoesNotStopLosesItsTurnAndItsSessionGoesOn() {
    queue(1, 1);
    agent =
        (input, output) -> {
          if (ran.size() == 1) {
            runner.over(runner.runningIds(), Cause.ABORTED);
            while (turns.ended.isEmpty()) { // as the sweep does, until the grace has passed
              deadlines().endUnstopped();
            }
            assertEquals(0, runner.runningTurns());
            runTask(); // another thread takes the next turn
            assertEquals(2, ran.size());
          }
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of(TurnStatus.ABORTED, TurnStatus.COMPLETED), statuses(), "each ended once");
    assertTrue(tasks.isEmpty());
  }

  @Test
  void anAnswerThatTheLogRefusesFailsTheTurn() {
    queue(1);
    turns.beforeEnd =
        outcome -> {
          if (outcome.status() == TurnStatus.COMPLETED) {
            throw new PayloadTooLargeException(2, 1);
          }
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of(TurnStatus.FAILED), statuses());
    assertEquals("output_too_large", RecordedTurns.data(turns.ended.get(0)).getString("reason"));
  }

  @Test
  void aNodeThatStopsHandsItsTurnsOnOnce() {
    queue(1);
    agent =
        (input, output) -> {
          drain().handOnAll();
          output.token("one");
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of("node_stopping, tried again"), turns.interrupted);
    assertEquals(List.of(), turns.ended);
  }

  @Test
  void aTurnThatCannotBeHandedOnKeepsNoOther() {
    queue(1, 2);
    Deque<RuntimeException> failures = new ArrayDeque<>(List.of(new IllegalStateException("no")));
    turns.beforeInterrupt =
        () -> {
          if (!failures.isEmpty()) {
            throw failures.remove();
          }
        };
    agent =
        (input, output) -> {
          if (input.sessionId().equals("s-1")) {
            runner.offer(2);
            runTask();
          } else {
            assertEquals(2, runner.runningTurns());
            drain().handOnAll();
          }
        };
    runner.offer(1);
    runTask();
    assertEquals(List.of("node_stopping, tried again"), turns.interrupted);
    assertTrue(runner.isIdle());
  }

  private void queue(long... sessionKeys) {
    for (long key : sessionKeys) {
      turns.queue.add(RecordedTurns.started(key, "test"));
    }
  }

  private void runTask() {
    tasks.remove().run();
  }

  private List<TurnStatus> statuses() {
    return turns.ended.stream().map(TurnOutcome::status).toList();
  }

  private TurnDeadlines deadlines() {
    TurnDeadlines made = new TurnDeadlines();
    made.runner = runner;
    made.names = runner.names;
    made.settings = runner.settings;
    return made;
  }

  private TurnDrain drain() {
    TurnDrain made = new TurnDrain();
    made.runner = runner;
    made.settings = runner.settings;
    made.node = runner.node;
    return made;
  }

  private TurnRunner runner() {
    TurnRunner made = new TurnRunner();
    made.messages = new Messages();
    made.transitions = turns.transitions;
    made.starts = turns.starts;
    made.events = turns.said;
    made.ends = turns.ends;
    made.agents =
        RecordedTurns.agents(
            (input, output) -> {
              ran.add(input.sessionId());
              agent.run(input, output);
            });
    made.settings = RecordedTurns.settings("tidemark.turn.abort-grace-millis", "0");
    made.metrics = new Metrics() {};
    made.names = RecordedTurns.NAMES;
    made.node =
        new Node() {
          @Override
          public boolean isDraining() {
            return isDraining;
          }

          @Override
          public boolean isStorageAway() {
            return false;
          }
        };
    made.executor = threadsOfTheTest();
    return made;
  }

  /** Makes an executor that queues tasks and refuses them when full; the rest of it is unused. */
  private ManagedExecutorService threadsOfTheTest() {
    return (ManagedExecutorService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ManagedExecutorService.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("execute")) {
                throw new UnsupportedOperationException(method.getName());
              }
              if (isFull) {
                throw new RejectedExecutionException();
              }
              tasks.add((Runnable) arguments[0]);
              return null;
            });
  }
}
