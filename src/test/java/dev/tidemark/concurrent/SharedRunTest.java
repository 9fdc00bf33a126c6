package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A slow job makes no queue: those who ask meanwhile share its next run. */
final class SharedRunTest {
  private static final int ASKING = 10;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void thoseWhoAskDuringARunShareTheNextOne() throws Exception {
    SharedRun<Integer> shared = new SharedRun<>(this::run);
    Future<Integer> first = threads.submit(shared::get);
    begun.await();
    List<Future<Integer>> others = new ArrayList<>();
    for (int i = 0; i < ASKING; i++) {
      others.add(threads.submit(shared::get));
    }
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> shared.waiting() == ASKING);
    open.countDown();

    assertEquals(1, first.get(20, TimeUnit.SECONDS));
    for (Future<Integer> other : others) {
      assertEquals(2, other.get(20, TimeUnit.SECONDS), "not the one that began before it asked");
    }
    assertEquals(2, runs.get());
    assertEquals(3, shared.get(), "nothing is kept for later");
  }

  @Test
  void aFailureIsOfThoseWhoAskedAndTheNextRunGoesOn() {
    AtomicInteger tries = new AtomicInteger();
    SharedRun<Integer> shared =
        new SharedRun<>(
            () -> {
              if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("the first");
              }
              return tries.get();
            });
    assertEquals("the first", assertThrows(IllegalStateException.class, shared::get).getMessage());
    assertEquals(2, shared.get());
  }

  private int run() {
    begun.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return runs.incrementAndGet();
  }
}
