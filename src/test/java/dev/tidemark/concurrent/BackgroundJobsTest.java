package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.Sources;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Periodic jobs go on after any exception, and all of them end at the stop. */
final class BackgroundJobsTest {
  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final Duration SELDOM = Duration.ofHours(1);

  private final ServerThreads threads = new ServerThreads();
  private final BackgroundJobs jobs = new BackgroundJobs();
  private final WatchedWork watchedWork = new WatchedWork();

  /** How many threads cannot be made from now on. */
  private final AtomicInteger missing = new AtomicInteger();

  @BeforeEach
  void giveThreads() {
    threads.factory =
        (ManagedThreadFactory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedThreadFactory.class},
                (proxy, method, arguments) -> thread((Runnable) arguments[0]));
    threads.prepare();
    jobs.threads = threads;
    jobs.watchedWork = watchedWork;
  }

  private Thread thread(Runnable task) {
    if (missing.getAndDecrement() > 0) {
      throw new InternalError("unable to create a native thread");
    }
    return new Thread(task);
  }

  @Test
  void aJobForWhichNoThreadCanBeMadeRunsOnceThereIsOne() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    CountDownLatch first = new CountDownLatch(1);
    jobs.everyOnScheduler("keeps the scheduler's threads", OFTEN, first::countDown);
    jobs.everyOnScheduler("and the other", OFTEN, first::countDown);
    assertTrue(first.await(10, TimeUnit.SECONDS));
    missing.set(3);
    jobs.every("waits for a thread", OFTEN, runs::countDown);
    assertTrue(runs.await(10, TimeUnit.SECONDS));
    assertTrue(missing.get() <= 0, "it was refused before");
  }

  @Test
  void whatIsToBeDoneSoonIsDoneHereIfNoThreadCanBeMade() {
    missing.set(1);
    CountDownLatch runs = new CountDownLatch(1);
    jobs.soon(runs::countDown);
    assertEquals(0, runs.getCount());
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
  void aJobRunsAgainAfterAnErrorToo() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    jobs.every("errs", OFTEN, () -> err(runs));
    CountDownLatch atLeisure = new CountDownLatch(3);
    jobs.everyAtLeisure("errs at leisure", OFTEN, () -> err(atLeisure));
    CountDownLatch onScheduler = new CountDownLatch(3);
    jobs.everyOnScheduler("errs on the scheduler", OFTEN, () -> err(onScheduler));
    assertTrue(runs.await(10, TimeUnit.SECONDS));
    assertTrue(atLeisure.await(10, TimeUnit.SECONDS));
    assertTrue(onScheduler.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aLoopGoesOnAfterAnErrorUntilItsLastStep() throws InterruptedException {
    CountDownLatch steps = new CountDownLatch(2);
    CountDownLatch more = new CountDownLatch(1);
    threads.loop(
        "errs",
        () -> {
          if (steps.getCount() == 0) {
            more.countDown();
            return false;
          }
          err(steps);
          return true;
        });
    assertTrue(more.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aJobThatDoesNotEndIsNoticedUnlessItMayTakeItsTime() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    jobs.every("hangs", OFTEN, () -> waitIn(begun, never));
    jobs.everyAtLeisure("takes its time", OFTEN, () -> waitIn(begun, never));
    CountDownLatch moves = new CountDownLatch(50);
    jobs.every("moves", OFTEN, moves::countDown);
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    assertTrue(moves.await(10, TimeUnit.SECONDS));
    Awaitility.await("it alone")
        .untilAsserted(
            () ->
                assertEquals(
                    List.of("The job 'hangs'"),
                    watchedWork.longerThan(Duration.ofMillis(200)).stream()
                        .map(WatchedWork.Standstill::name)
                        .toList()));
    assertFalse(watchedWork.longerThan(Duration.ZERO).get(0).isOfDatabase());
  }

  private static void err(CountDownLatch runs) {
    runs.countDown();
    throw new InternalError("of the test");
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
  void moreJobsMayWaitThanThereArePeriodicOnes() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(16);
    for (int i = 0; i < 16; i++) {
      jobs.every("waits " + i, OFTEN, () -> waitIn(waiting, never));
    }
    assertTrue(waiting.await(10, TimeUnit.SECONDS));
    long classesWithJobs =
        Sources.main()
            .filter(Pattern.compile("backgroundJobs\\.every(AtLeisure)?\\(").asPredicate())
            .count();
    assertTrue(classesWithJobs < 14, "a thread for each job, and some for what is to be done soon");
  }

  @Test
  void aTaskThatFailsIsLogged() throws InterruptedException {
    BlockingQueue<LogRecord> logged = new LinkedBlockingQueue<>();
    Handler handler = handler(logged);
    Logger logger = Logger.getLogger(ServerThreads.class.getName());
    logger.addHandler(handler);
    try {
      var unused = threads.after(OFTEN, () -> fail(new CountDownLatch(1)));
      assertEquals("It fails each time.", failure(logged));
      threads.alone(() -> fail(new CountDownLatch(1)));
      assertEquals("It fails each time.", failure(logged));
      threads.background(() -> fail(new CountDownLatch(1)));
      assertEquals("It fails each time.", failure(logged));
    } finally {
      logger.removeHandler(handler);
    }
  }

  private static String failure(BlockingQueue<LogRecord> logged) throws InterruptedException {
    LogRecord first = logged.poll(10, TimeUnit.SECONDS);
    assertTrue(first.getMessage().startsWith("TIDE0005 "), first.getMessage());
    return first.getThrown().getMessage();
  }

  private static Handler handler(BlockingQueue<LogRecord> logged) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        logged.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private static void waitIn(CountDownLatch waiting, CountDownLatch never) {
    waiting.countDown();
    await(never);
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
