package dev.tidemark.delivery;

import static dev.tidemark.delivery.Delivered.at;
import static dev.tidemark.delivery.Delivered.join;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metrics;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Whatever fails, a client is in a line, or its next wake puts it into one. */
final class DeliverySchedulerTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final DeliveryScheduler scheduler = scheduler();
  private final FakeClient client = new FakeClient(100);
  private final Subscription subscription =
      new Subscription(
          new Feed(Delivered.SESSION, at(0, 1)),
          new Tail(100, 1_000_000, 4),
          join(0, 0),
          client,
          0,
          false,
          scheduler);

  @Test
  void aClientThatCannotWaitForItsReplayIsLookedAtAtItsNextWake() {
    boolean[] errs = {true};
    scheduler.replaySlots =
        new ReplaySlots<>(
            1,
            1,
            System::nanoTime,
            Subscription::sessionKey,
            scheduler::ready,
            one -> {
              if (errs[0]) {
                throw new InternalError("of the test");
              }
              return one.isClosed();
            });
    subscription.wake();
    run();
    assertEquals(List.of(), client.frames());
    errs[0] = false;
    subscription.wake();
    run();
    assertEquals(List.of("replay_complete 0"), client.frames());
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private DeliveryScheduler scheduler() {
    DeliveryScheduler made = new DeliveryScheduler();
    made.settings = Settings.of(key -> Optional.empty());
    made.metrics = new Metrics() {};
    made.watchedWork = new WatchedWork();
    made.executor =
        (ManagedExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedExecutorService.class},
                (proxy, method, arguments) -> {
                  tasks.add((Runnable) arguments[0]);
                  return null;
                });
    made.prepare();
    return made;
  }
}
