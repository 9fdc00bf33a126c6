package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Many owners on a few threads: no owner is forgotten, whatever happens in between. */
final class FairExecutorTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  @Test
  void ownersAreServedInTurn() {
    FairExecutor<String> queue = new FairExecutor<>(started::add, 1, name -> name, done::add);
    queue.add("a");
    queue.add("b");
    assertEquals(1, started.size(), "one worker is enough");
    started.remove().run();
    assertEquals(List.of("a", "b"), done);
  }

  @Test
  void thereAreNoMoreWorkersThanAllowed() {
    FairExecutor<String> queue = new FairExecutor<>(started::add, 2, name -> name, done::add);
    List.of("a", "b", "c", "d").forEach(queue::add);
    assertEquals(2, started.size());
  }

  @Test
  void whoComesWhileAWorkerEndsIsServedByAnother() {
    // The worker's last look at the queue finds nothing; the owner comes before the worker counts
    // itself out.
    List<FairExecutor<String>> late = new ArrayList<>();
    Queue<Runnable> workers = started;
    FairExecutor<String> queue =
        new FairExecutor<>(
            workers::add,
            1,
            name -> name,
            owner -> {
              done.add(owner);
              if (owner.equals("a")) {
                late.get(0).add("b"); // cannot start a worker: this one still counts
              }
            });
    late.add(queue);
    queue.add("a");
    workers.remove().run();
    assertEquals(List.of("a", "b"), done);
    queue.add("c");
    workers.remove().run();
    assertEquals(List.of("a", "b", "c"), done, "the worker was counted out");
  }

  @Test
  void aRefusedWorkerIsTriedAgainByTheNextOwner() {
    boolean[] full = {true};
    FairExecutor<String> queue =
        new FairExecutor<>(
            worker -> {
              if (full[0]) {
                throw new RejectedExecutionException();
              }
              started.add(worker);
            },
            1,
            name -> name,
            done::add);
    queue.add("a");
    full[0] = false;
    queue.add("b");
    started.remove().run();
    assertEquals(List.of("a", "b"), done);
  }

  @Test
  void aJobThatThrowsDoesNotCostAWorker() {
    FairExecutor<String> queue =
        new FairExecutor<>(
            started::add,
            1,
            name -> name,
            owner -> {
              if (owner.equals("bad")) {
                throw new IllegalStateException("as told");
              }
              done.add(owner);
            });
    queue.add("bad");
    queue.add("good");
    started.remove().run();
    assertEquals(List.of("good"), done);
  }

  @Test
  void lanesAreServedInTurnHoweverManyWaitInOne() {
    FairExecutor<String> queue =
        new FairExecutor<>(started::add, 1, name -> name.charAt(0), done::add);
    List.of("a1", "a2", "a3", "b1", "c1", "b2").forEach(queue::add);
    started.remove().run();
    assertEquals(List.of("a1", "b1", "c1", "a2", "b2", "a3"), done);
  }

  @Test
  void jobsThatWaitInOneLaneLeaveThreadsForTheOthers() {
    // Four threads; the jobs of lane a do not end until this test lets them.
    List<String> begun = new ArrayList<>();
    FairExecutor<String> queue =
        new FairExecutor<>(
            started::add,
            4,
            name -> name.charAt(0),
            owner -> {
              begun.add(owner);
              if (owner.startsWith("a") && !started.isEmpty()) {
                started.remove().run(); // while this job waits, the next thread runs
              }
            });
    List.of("a1", "a2", "a3", "a4", "b1").forEach(queue::add);
    started.remove().run();
    assertEquals(
        List.of("a1", "b1", "a2"), begun.subList(0, 3), "half of the threads are not for lane a");
    assertEquals(List.of("a1", "b1", "a2", "a3", "a4"), begun);
  }
}
