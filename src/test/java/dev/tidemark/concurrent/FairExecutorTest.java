package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
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
  void aGroupHasItsShareHoweverManyLanesItHas() {
    Deque<String> underWay = new ArrayDeque<>();
    List<String> seen = new ArrayList<>();
    FairExecutor<String> queue =
        new FairExecutor<>(
            started::add,
            new ThreadShares(4, 2, 1),
            name -> name.charAt(0),
            name -> name.substring(0, 2),
            owner -> {
              underWay.addLast(owner);
              seen.add(String.join(" ", underWay));
              while (!started.isEmpty()) {
                started.remove().run(); // another thread, meanwhile
              }
              underWay.removeLast();
              done.add(owner);
            });
    List.of("a11", "a12", "a21", "a31", "a41", "b11").forEach(queue::add);
    assertEquals(4, started.size());
    started.remove().run();
    assertEquals(
        List.of("a11", "a11 b11", "a11 b11 a21", "a11 b11 a31", "a11 b11 a41", "a12"),
        seen,
        "two of a at the most, groups in turn, then lanes");
    assertEquals(0, queue.groups(), "all are forgotten");
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
              if (owner.equals("worse")) {
                throw new InternalError("as told");
              }
              done.add(owner);
            });
    List.of("bad", "worse", "good").forEach(queue::add);
    started.remove().run();
    assertEquals(List.of("good"), done);
    queue.add("better");
    started.remove().run();
    assertEquals(List.of("good", "better"), done);
  }

  @Test
  void whoFoundNoThreadIsServedWhenThereIsOneThoughNobodyElseComes() {
    boolean[] full = {true};
    FairExecutor<String> queue =
        new FairExecutor<>(
            worker -> {
              if (full[0]) {
                throw new InternalError("unable to create a native thread");
              }
              started.add(worker);
            },
            1,
            name -> name,
            done::add);
    queue.add("a");
    queue.revive();
    full[0] = false;
    queue.revive();
    queue.revive();
    assertEquals(1, started.size(), "no more workers than there is work for");
    started.remove().run();
    assertEquals(List.of("a"), done);
    queue.revive();
    assertEquals(0, started.size(), "nobody waits");
  }

  /** The caller would take it for a refusal, and its owner would be served twice at a time. */
  @Test
  void aWarningThatCannotBeWrittenIsNoRefusal() {
    FairExecutor<String> queue =
        new FairExecutor<>(
            worker -> {
              if (started.isEmpty()) {
                started.add(worker);
                throw new RejectedExecutionException() {
                  @Override
                  public String getMessage() {
                    throw new OutOfMemoryError("as told");
                  }
                };
              }
              started.add(worker);
            },
            1,
            name -> name,
            done::add);
    queue.add("a");
    queue.revive();
    started.remove();
    started.remove().run();
    assertEquals(List.of("a"), done);
  }

  /** Memory may run out in the middle of it; here it does once the group has been made. */
  @Test
  void whoCannotBeQueuedForLackOfMemoryLeavesNothing() {
    boolean[] isShort = {true};
    Object lane =
        new Object() {
          @Override
          public int hashCode() {
            if (isShort[0]) {
              isShort[0] = false;
              throw new OutOfMemoryError("as told");
            }
            return 1;
          }
        };
    FairExecutor<String> queue =
        new FairExecutor<>(
            started::add, new ThreadShares(1, 1, 1), name -> "group", name -> lane, done::add);
    assertThrows(OutOfMemoryError.class, () -> queue.add("a"));
    assertEquals(0, queue.groups());
    assertEquals(0, started.size());
    queue.add("b");
    started.remove().run();
    assertEquals(List.of("b"), done);
    assertEquals(0, queue.groups());
  }

  @Test
  void anOwnerThatWaitsIsNoticedThoughOthersAreServed() {
    List<FairExecutor<String>> itself = new ArrayList<>();
    List<Object> seen = new ArrayList<>();
    FairExecutor<String> queue =
        new FairExecutor<>(
            started::add,
            2,
            name -> name.charAt(0),
            owner -> {
              if (owner.equals("a1")) { // holds the only place of its lane
                seen.add(itself.get(0).threads().contains(Thread.currentThread()));
                started.remove().run(); // b1 is served meanwhile
                seen.add(itself.get(0).stillNanos() > 0);
              }
              done.add(owner);
            });
    itself.add(queue);
    List.of("a1", "a2", "b1").forEach(queue::add);
    started.remove().run();
    assertEquals(List.of("b1", "a1", "a2"), done);
    assertEquals(List.of(true, true), seen);
    assertEquals(0, queue.stillNanos());
    assertEquals(Set.of(), queue.threads());
  }
}
