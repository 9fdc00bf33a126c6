package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.agent.TurnOverException.Cause;
import dev.tidemark.log.PayloadTooLargeException;
import dev.tidemark.log.Sender;
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
import java.util.concurrent.CompletableFuture;
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
    offer(1);
    offer(1);
    assertEquals(1, tasks.size(), "one thread for a session");
    runTask();
    assertEquals(1, tasks.size(), "the second turn, when the first has ended");
    runTask();
    assertEquals(List.of("s-1", "s-1"), ran);
    assertEquals(2, turns.ended.size());
    assertEquals(0, runner.runningTurns());
    assertTrue(runner.isIdle());
  }

  @Test
  void aTurnThatIsQueuedWhileAnotherRunsFollowsIt() {
    queue(1);
    agent =
        (input, output) -> {
          if (ran.size() == 1) {
            queue(1);
            offer(1);
            assertTrue(tasks.isEmpty());
          }
        };
    offer(1);
    runTask();
    runTask();
    assertEquals(List.of("s-1", "s-1"), ran);
  }

  @Test
  void aHintThatComesAfterTheLastLookIsNotLost() {
    turns.afterLook =
        () -> {
          turns.afterLook = () -> {};
          queue(1); // the queue was found empty, and the place is not given back yet
          offer(1);
        };
    offer(1);
    runTask();
    assertEquals(List.of(), ran);
    runTask();
    assertEquals(List.of("s-1"), ran);
    assertTrue(tasks.isEmpty());
  }

  @Test
  void aTurnRunsInTheShareOfItsSenderWhoeverTheHintNamed() {
    turns.queue.add(RecordedTurns.started(1, "test", new Sender("default", "bob")));
    offer(1);
    runTask();
    assertEquals(List.of(), ran, "not in that of alice");
    runTask();
    assertEquals(List.of("s-1"), ran);
  }

  @Test
  void sessionsRunSideBySide() {
    queue(1, 2);
    offer(1);
    offer(2);
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
    offer(1);
    isFull = false;
    offer(1);
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
    offer(1);
    runTask();
    turns.beforeStart = () -> {};
    offer(1);
    runTask();
    assertEquals(List.of("s-1"), ran);
  }

  @Test
  void aTurnWithoutRoomForItIsStartedWhenAnotherHasEnded() {
    Sender alice = RecordedTurns.ALICE;
    turns.queue.add(RecordedTurns.started(1, "test", alice, 1L << 40));
    turns.queue.add(RecordedTurns.started(2, "test", alice, 1L << 40));
    offer(1);
    offer(2);
    agent =
        (input, output) -> {
          if (ran.size() == 1) {
            runTask();
            assertEquals(List.of("s-1"), ran, "no room for the other");
            assertTrue(tasks.isEmpty(), "nor does it ask in a loop");
          }
        };
    runTask();
    runTask();
    assertEquals(List.of("s-1", "s-2"), ran);
    assertTrue(runner.isIdle());
  }

  @Test
  void aNodeThatDrainsStartsNoMore() {
    queue(1, 1);
    agent = (input, output) -> isDraining = true;
    offer(1);
    runTask();
    assertEquals(List.of("s-1"), ran, "what runs is finished");
    offer(1);
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
    offer(1);
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
    offer(1);
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
    offer(1);
    runTask();
    assertEquals(List.of(TurnStatus.ABORTED, TurnStatus.COMPLETED), statuses(), "each ended once");
    assertTrue(tasks.isEmpty());
  }

  /** The row of the session may be held for long: the sweep goes on, and asks for the end once. */
  @Test
  void anEndWithoutItsAgentIsNotWaitedFor() {
    queue(1);
    CompletableFuture<Void> held = new CompletableFuture<>();
    turns.ending = held;
    agent =
        (input, output) -> {
          runner.over(runner.runningIds(), Cause.ABORTED);
          while (turns.ended.isEmpty()) {
            deadlines().endUnstopped();
          }
          deadlines().endUnstopped();
          assertEquals(1, turns.ended.size());
          assertEquals(1, runner.runningTurns(), "its lease is renewed");
          held.complete(null);
          assertEquals(0, runner.runningTurns());
        };
    offer(1);
    runTask();
    assertEquals(List.of(TurnStatus.ABORTED), statuses());
  }

  /**
   * It is left to its lease, which must not be renewed; the agent goes on for as long as it likes.
   */
  @Test
  void aTurnWhoseEndErrsIsRunNoMore() {
    queue(1, 1);
    turns.beforeEnd =
        outcome -> {
          if (outcome.status() == TurnStatus.ABORTED) {
            throw new InternalError("of the test");
          }
        };
    agent =
        (input, output) -> {
          if (ran.size() == 1) {
            UUID first = runner.runningIds().iterator().next();
            runner.over(List.of(first), Cause.ABORTED);
            while (runner.runningIds().contains(first) && !runner.runs().get(0).isConcluded()) {
              deadlines().endUnstopped();
            }
            assertEquals(Set.of(), runner.runningIds());
            runTask();
          }
        };
    offer(1);
    runTask();
    assertEquals(List.of("s-1", "s-1"), ran);
    assertEquals(List.of(TurnStatus.COMPLETED), statuses());
    assertTrue(runner.isIdle());
  }

  @Test
  void anErrorAnywhereInATurnCostsNoPlace() {
    List<Runnable> errors = new ArrayList<>();
    Runnable err =
        () -> {
          if (!errors.isEmpty()) {
            errors.remove(0).run();
          }
        };
    turns.beforeStart = err;
    turns.afterLook = err;
    turns.beforeEnd = outcome -> err.run();
    agent = (input, output) -> err.run();
    Runnable passes = () -> {};
    Runnable strikes =
        () -> {
          throw new InternalError("of the test");
        };
    for (int at = 0; at < 4; at++) { // the start, the agent, the end, the look for the next
      for (int i = 0; i < at; i++) {
        errors.add(passes);
      }
      errors.add(strikes);
      queue(1);
      offer(1);
      try {
        runTask();
      } catch (InternalError e) {
        assertEquals("of the test", e.getMessage());
      }
      assertTrue(errors.isEmpty(), "it came");
      while (!tasks.isEmpty()) {
        runTask();
      }
      assertTrue(runner.isIdle(), "after an error in step " + at);
      assertEquals(0, runner.runningTurns());
      turns.queue.clear();
    }
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
    offer(1);
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
    offer(1);
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
            offer(2);
            runTask();
          } else {
            assertEquals(2, runner.runningTurns());
            drain().handOnAll();
          }
        };
    offer(1);
    runTask();
    assertEquals(List.of("node_stopping, tried again"), turns.interrupted);
    assertTrue(runner.isIdle());
  }

  private void queue(long... sessionKeys) {
    for (long key : sessionKeys) {
      turns.queue.add(RecordedTurns.started(key, "test"));
    }
  }

  private void offer(long sessionKey) {
    runner.turnQueued(new TurnQueued(sessionKey, RecordedTurns.ALICE));
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
    made.conclusions = runner.conclusions;
    made.names = runner.names;
    made.settings = runner.settings;
    return made;
  }

  private TurnDrain drain() {
    TurnDrain made = new TurnDrain();
    made.runner = runner;
    made.conclusions = runner.conclusions;
    made.settings = RecordedTurns.settings();
    made.node = runner.node;
    return made;
  }

  private TurnRunner runner() {
    TurnRunner made = new TurnRunner();
    made.messages = new Messages();
    made.transitions = turns.transitions;
    made.starts = turns.starts;
    made.inputs = new TurnInputs();
    made.events = turns.said;
    made.leases = turns.leases;
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
    made.conclusions = conclusions(made);
    made.prepare();
    return made;
  }

  private TurnConclusions conclusions(TurnRunner of) {
    TurnConclusions made = new TurnConclusions();
    made.ends = turns.ends;
    made.interruptions = turns.interruptions;
    made.agents = of.agents;
    made.settings = of.settings;
    made.metrics = of.metrics;
    made.node = of.node;
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
