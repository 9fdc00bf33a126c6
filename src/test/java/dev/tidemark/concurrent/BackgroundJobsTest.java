package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Periodic jobs go on after any exception, and all of them end at the stop. */
final class BackgroundJobsTest {
  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final Duration SELDOM = Duration.ofHours(1);

  private final ServerThreads threads = new ServerThreads();
  private final BackgroundJobs jobs = new BackgroundJobs();

  @BeforeEach
  void giveThreads() {
    threads.factory =
        (ManagedThreadFactory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedThreadFactory.class},
                (proxy, method, arguments) -> new Thread((Runnable) arguments[0]));
    threads.prepare();
    jobs.threads = threads;
  }

  @AfterEach
  void takeThreads() {
    threads.end();
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
    assertEquals(2, threads.waiting());
    jobs.stop(new Object());
    assertEquals(0, threads.waiting());
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
}
