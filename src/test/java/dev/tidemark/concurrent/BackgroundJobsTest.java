package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Periodic jobs go on after any exception, and all of them end at the stop. */
final class BackgroundJobsTest {
  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final Duration SELDOM = Duration.ofHours(1);

  private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private final BackgroundJobs jobs = new BackgroundJobs();

  @BeforeEach
  void giveThreads() {
    scheduler.setRemoveOnCancelPolicy(true);
    jobs.scheduler = managed(ManagedScheduledExecutorService.class, scheduler);
    jobs.executor = managed(ManagedExecutorService.class, background);
  }

  @AfterEach
  void takeThreads() {
    scheduler.shutdownNow();
    background.shutdownNow();
  }

  @Test
  void aJobThatFailsRunsAgain() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    jobs.every("fails", OFTEN, () -> fail(runs));
    assertTrue(runs.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aJobOfTheSchedulerThatFailsRunsAgain() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    jobs.everyOnScheduler("fails", OFTEN, () -> fail(runs));
    assertTrue(runs.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aJobThatWaitsHoldsUpNoOther() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(3);
    jobs.every("waits", OFTEN, () -> await(never));
    jobs.everyOnScheduler("runs", OFTEN, runs::countDown);
    assertTrue(runs.await(10, TimeUnit.SECONDS));
  }

  @Test
  void allJobsEndAtTheStop() {
    jobs.every("one", SELDOM, () -> {});
    jobs.everyOnScheduler("two", SELDOM, () -> {});
    assertEquals(2, scheduler.getQueue().size());
    jobs.stop(new Object());
    assertEquals(0, scheduler.getQueue().size());
  }

  @Test
  void oneJobCanEndBeforeTheOthers() {
    jobs.every("one", SELDOM, () -> {});
    jobs.everyOnScheduler("two", SELDOM, () -> {});
    jobs.end("two");
    assertEquals(1, scheduler.getQueue().size());
  }

  @Test
  void twoJobsHaveTwoNames() {
    jobs.every("one", SELDOM, () -> {});
    assertThrows(IllegalStateException.class, () -> jobs.every("one", SELDOM, () -> {}));
  }

  private static void fail(CountDownLatch runs) {
    runs.countDown();
    throw new IllegalStateException("It fails each time.");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Wraps a JDK executor in the container's interface, whose additions are not used here. */
  private static <T> T managed(Class<T> type, ExecutorService executor) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> method.invoke(executor, arguments)));
  }
}
