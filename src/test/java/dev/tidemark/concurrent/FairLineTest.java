package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who gets a thread, and who stands in line; the executor is the test. */
final class FairLineTest {
  private static final int THREADS = 8;
  private static final int OF_GROUP = 4;
  private static final int OF_MEMBER = 2;
  private static final int WAITING = 10;

  private final ArrayDeque<Runnable> given = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final FairLine line = new FairLine(given::add, THREADS, OF_GROUP, OF_MEMBER, WAITING);

  private boolean add(String group, String member, String name) {
    return add(line, group, member, name);
  }

  private boolean add(FairLine to, Object group, Object member, String name) {
    return to.add(group, member, () -> done.add(name), () -> refused.add(name));
  }

  private void finishOne() {
    given.remove().run();
  }

  @Test
  void aMemberHasItsPartAndNoMore() {
    for (int i = 0; i < 5; i++) {
      assertTrue(add("here", "alice", "a" + i));
    }
    assertEquals(OF_MEMBER, given.size());
    finishOne();
    assertEquals(OF_MEMBER, given.size(), "the next one follows");
  }

  @Test
  void aGroupHasItsPartWhoeverIsInIt() {
    for (int i = 0; i < 9; i++) {
      assertTrue(add("here", "stranger " + i, "s" + i));
    }
    assertEquals(OF_GROUP, given.size());
    assertTrue(add("there", "bob", "b"));
    assertEquals(OF_GROUP + 1, given.size(), "another group has a thread at once");
  }

  @Test
  void membersTakeTurns() {
    for (int i = 0; i < 8; i++) {
      assertTrue(add("here", "alice", "a" + i));
    }
    assertTrue(add("here", "bob", "b"));
    finishOne();
    while (!given.isEmpty()) {
      finishOne();
    }
    assertTrue(done.indexOf("b") <= OF_MEMBER, done.toString());
    assertEquals(0, line.groups());
  }

  @Test
  void theLineHasAnEnd() {
    for (int i = 0; i < OF_MEMBER + WAITING; i++) {
      assertTrue(add("here", "alice", "a" + i));
    }
    assertFalse(add("here", "alice", "one too many"));
    assertFalse(add("here", "bob", "one too many of the group"));
    assertTrue(add("there", "alice", "of another group"));
    finishOne();
    assertTrue(add("here", "alice", "again"));
  }

  @Test
  void aTaskThatFailsGivesItsThreadBack() {
    for (int i = 0; i < OF_MEMBER; i++) {
      assertTrue(
          line.add(
              "here",
              "alice",
              () -> {
                throw new StackOverflowError("a test");
              },
              () -> refused.add("failing")));
    }
    assertTrue(add("here", "alice", "next"));
    Runnable failing = given.remove();
    assertThrows(StackOverflowError.class, failing::run);
    assertEquals(OF_MEMBER, given.size());
  }

  @Test
  void whoGetsNoThreadIsToldSoAndKeepsNoPlace() {
    FairLine stopping =
        new FairLine(
            task -> {
              throw new RejectedExecutionException("a test");
            },
            THREADS,
            OF_GROUP,
            OF_MEMBER,
            WAITING);
    for (int i = 0; i < WAITING * 2; i++) {
      assertTrue(add(stopping, "here", "alice", "a" + i));
    }
    assertEquals(WAITING * 2, refused.size());
    assertEquals(List.of(), done);
    assertEquals(0, stopping.groups());
  }

  /** One after another, though the first cannot even be refused. */
  @Test
  void whoWaitsForATaskWhenTheThreadsAreGoneIsToldSoToo() {
    boolean[] isStopping = {false};
    FairLine stopping =
        new FairLine(
            task -> {
              if (isStopping[0]) {
                throw new InternalError("unable to create a native thread");
              }
              given.add(task);
            },
            THREADS,
            OF_GROUP,
            1,
            WAITING);
    assertTrue(add(stopping, "here", "alice", "first"));
    Runnable failing =
        () -> {
          refused.add("failing");
          throw new OutOfMemoryError("a test");
        };
    assertTrue(stopping.add("here", "alice", () -> done.add("failing"), failing));
    assertTrue(add(stopping, "here", "alice", "second"));
    isStopping[0] = true;
    finishOne();
    assertEquals(List.of("first"), done);
    assertEquals(List.of("failing", "second"), refused);
    assertEquals(0, stopping.groups());
  }

  /** Memory may run out in the middle of it; here it does once the group has been made. */
  @Test
  void whoCannotBePutInLineForLackOfMemoryLeavesNothing() {
    boolean[] isShort = {true};
    Object alice =
        new Object() {
          @Override
          public int hashCode() {
            if (isShort[0]) {
              isShort[0] = false;
              throw new OutOfMemoryError("a test");
            }
            return 1;
          }
        };
    assertThrows(OutOfMemoryError.class, () -> add(line, "here", alice, "a"));
    assertEquals(0, line.groups());
    assertTrue(add(line, "here", alice, "b"));
    finishOne();
    assertEquals(List.of("b"), done);
    assertEquals(0, line.groups());
  }

  /** Many at random, on real threads: each runs once, and nobody ever has more than their part. */
  @Test
  void eachRunsOnceWithinAllLimits() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    FairLine real = new FairLine(threads, THREADS, OF_GROUP, OF_MEMBER, 10_000);
    Map<String, Integer> running = Collections.synchronizedMap(new HashMap<>());
    AtomicInteger above = new AtomicInteger();
    int tasks = 20_000;
    CountDownLatch all = new CountDownLatch(tasks);
    Random random = new Random(12);
    for (int i = 0; i < tasks; i++) {
      String group = "g" + random.nextInt(3);
      String member = group + "m" + random.nextInt(5);
      Runnable task =
          () -> {
            if (running.merge(group, 1, Integer::sum) > OF_GROUP
                || running.merge(member, 1, Integer::sum) > OF_MEMBER) {
              above.incrementAndGet();
            }
            running.merge(member, -1, Integer::sum);
            running.merge(group, -1, Integer::sum);
            all.countDown();
          };
      while (!real.add(group, member, task, above::incrementAndGet)) {
        Thread.onSpinWait();
      }
    }
    assertTrue(all.await(60, TimeUnit.SECONDS), all.getCount() + " are left");
    threads.shutdown();
    assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    assertEquals(0, above.get());
    assertEquals(0, real.groups());
  }
}
