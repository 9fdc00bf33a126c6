package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.log.AppendHint;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread that wakes the other nodes ends with the application, and not before. */
final class WakeUpNotifierTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A permit for each time that a connection was asked for. */
  private final Semaphore asked = new Semaphore(0);

  private final Semaphore given = new Semaphore(0);
  private final WakeUpNotifier notifier = new WakeUpNotifier();
  private Thread thread;

  @AfterEach
  void end() {
    notifier.stop();
    thread.interrupt();
  }

  @Test
  void aStopEndsTheThreadThoughThePoolTookTheInterrupt() throws Exception {
    start(settings());
    notifier.announced(new AppendHint(1, 1));
    assertTrue(asked.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    thread.interrupt(); // it waits for a connection
    thread.join(100);
    notifier.stop();
    thread.join(PATIENCE.toMillis());
    assertFalse(thread.isAlive());
  }

  @Test
  void aStopWhileThePoolIsWaitedForEndsTheThread() throws Exception {
    start(settings());
    notifier.announced(new AppendHint(1, 1));
    assertTrue(asked.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    notifier.stop();
    thread.interrupt();
    thread.join(PATIENCE.toMillis());
    assertFalse(thread.isAlive());
  }

  @Test
  void wakeUpsThatCannotBeWrittenEndNoOther() throws Exception {
    given.release(2);
    start(
        new Settings() {
          @Override
          @SuppressWarnings("unchecked") // the only one that is asked for
          public <T> T get(dev.tidemark.config.Setting<T> setting) {
            return (T) DeliverySettings.WAKE_UP_GATHER.defaultValue();
          }

          @Override
          public String nodeName() {
            throw new IllegalStateException("It fails each time.");
          }
        });
    for (int i = 0; i < 2; i++) {
      notifier.announced(new AppendHint(1, 1));
      assertTrue(asked.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
  }

  private void start(Settings settings) {
    notifier.settings = settings;
    notifier.dataSource = pool();
    notifier.threads =
        new ServerThreads() {
          @Override
          public void alone(Runnable task) {
            thread = new Thread(task);
            thread.start();
          }
        };
    notifier.start(new Object());
  }

  private static Settings settings() {
    return Settings.of(key -> Optional.empty());
  }

  /** Fails like that of the server: an interrupt of the wait is lost in the exception. */
  private DataSource pool() {
    return proxy(
        DataSource.class,
        () -> {
          asked.release();
          try {
            given.acquire();
            return proxy(Connection.class, () -> null);
          } catch (InterruptedException e) {
            throw new SQLException(e);
          }
        });
  }

  private interface Call {
    Object call() throws SQLException;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.call()));
  }
}
