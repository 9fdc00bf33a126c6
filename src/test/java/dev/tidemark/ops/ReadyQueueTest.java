package dev.tidemark.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Many owners on a few threads: nobody is forgotten, whatever comes in between. */
final class ReadyQueueTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  @Test
  void ownersAreServedInTurn() {
    ReadyQueue<String> queue = new ReadyQueue<>(started::add, 1, done::add);
    queue.add("a");
    queue.add("b");
    assertEquals(1, started.size(), "one worker is enough");
    started.remove().run();
    assertEquals(List.of("a", "b"), done);
  }

  @Test
  void thereAreNoMoreWorkersThanAllowed() {
    ReadyQueue<String> queue = new ReadyQueue<>(started::add, 2, done::add);
    List.of("a", "b", "c", "d").forEach(queue::add);
    assertEquals(2, started.size());
  }

  @Test
  void whoComesWhileAWorkerEndsIsServedByAnother() {
    // The last look at the queue finds nothing; the owner comes before the worker counts itself
    // out.
    List<ReadyQueue<String>> late = new ArrayList<>();
    Queue<Runnable> workers = started;
    ReadyQueue<String> queue =
        new ReadyQueue<>(
            workers::add,
            1,
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
    ReadyQueue<String> queue =
        new ReadyQueue<>(
            worker -> {
              if (full[0]) {
                throw new RejectedExecutionException();
              }
              started.add(worker);
            },
            1,
            done::add);
    queue.add("a");
    full[0] = false;
    queue.add("b");
    started.remove().run();
    assertEquals(List.of("a", "b"), done);
  }

  @Test
  void aJobThatThrowsDoesNotCostAWorker() {
    ReadyQueue<String> queue =
        new ReadyQueue<>(
            started::add,
            1,
            owner -> {
              if (owner.equals("bad")) {
                throw new IllegalStateException("as told");
              }
              done.add(owner);
            });
    queue.add("bad");
    try {
      started.remove().run();
    } catch (IllegalStateException asTold) {
      // The executor would log it.
    }
    queue.add("good");
    started.remove().run();
    assertEquals(List.of("good"), done);
  }
}
