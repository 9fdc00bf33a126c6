package dev.tidemark.delivery;

import static dev.tidemark.delivery.Delivered.at;
import static dev.tidemark.delivery.Delivered.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.concurrent.WatchedWork;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metrics;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails, a client is in a line, or its next wake puts it into one. */
final class DeliverySchedulerTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Runnable> later = new ArrayDeque<>();

  /** Whether nobody can be queued. */
  private boolean errs;

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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatCannotBeWokenAtItsJoinIsNotSubscribed(boolean isAnnounced) {
    errs = true;
    if (isAnnounced) {
      scheduler.feeds.hinted(Delivered.SESSION.sessionKey(), 1);
    }
    assertThrows(
        OutOfMemoryError.class,
        () -> scheduler.subscribe(Delivered.SESSION, join(0, 0), Set.of(), client));
    List<Feed> left = new ArrayList<>();
    scheduler.feeds.forEach(left::add);
    assertEquals(List.of(), left);
  }

  @Test
  void aClientWhoseSecondTryCannotBeQueuedIsLookedAtAtItsNextWake() {
    client.duringNextSend(
        () -> {
          throw new InternalError("of the test");
        });
    subscription.wake();
    run();
    errs = true;
    assertThrows(OutOfMemoryError.class, later.remove()::run);
    errs = false;
    subscription.wake();
    assertEquals(1, tasks.size());
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private DeliveryScheduler scheduler() {
    DeliveryScheduler made =
        new DeliveryScheduler() {
          @Override
          public void ready(Subscription one) {
            if (errs) {
              throw new OutOfMemoryError("of the test");
            }
            super.ready(one);
          }
        };
    made.feeds = new Feeds(null, new Tail(100, 1_000_000, 4));
    made.threads =
        new ServerThreads() {
          @Override
          public ScheduledFuture<?> after(Duration delay, Runnable task) {
            later.add(task);
            return null;
          }
        };
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
