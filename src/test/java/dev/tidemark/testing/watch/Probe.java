package dev.tidemark.testing.watch;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.tools.run.WildFlyServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A neighbour: a principal that does a little of each {@link Operation} at a steady pace, a thread
 * for each, and notes how long it takes and what is refused to it.
 */
public final class Probe implements AutoCloseable {
  private static final long MAX_BEHIND_NANOS = 2_000_000_000L;
  private static final long LONG_NANOS = 1_000_000_000L;
  private static final int MAX_REFUSALS = 1_000;

  private final WildFlyServer server;
  private final String account;
  private final long intervalNanos;
  private final Map<Operation, List<Long>> nanos = new EnumMap<>(Operation.class);
  private final Map<Operation, Long> underWay = new EnumMap<>(Operation.class);
  private final List<String> refusals = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Talking talking;
  private volatile boolean closed;

  private interface Work {
    void run() throws Exception;
  }

  private Probe(WildFlyServer server, String account, Duration interval) {
    this.server = server;
    this.account = account;
    intervalNanos = interval.toNanos();
    talking = new Talking(server.socketUri("/ws"), account, "probe-" + account + "-talks");
  }

  /**
   * Starts a neighbour.
   *
   * @param interval time from one operation of a kind to the next
   */
  public static Probe start(WildFlyServer server, String account, Duration interval) {
    Probe probe = new Probe(server, account, interval);
    probe.begin();
    return probe;
  }

  private void begin() {
    Browsing browsing = new Browsing(server, account);
    repeat(Operation.MESSAGE, talking::say);
    repeat(Operation.JOIN, this::join);
    repeat(Operation.REST, browsing::listSessions);
    repeat(Operation.PAGE, browsing::loadPage);
  }

  private void join() {
    try (WireClient client = WireClient.connect(server.socketUri("/ws"), account)) {
      Talking.join(client, "probe-" + account + "-joins", true);
    }
  }

  private void repeat(Operation operation, Work work) {
    threads.execute(
        () -> {
          long due = System.nanoTime();
          while (!closed) {
            LockSupport.parkNanos(due - System.nanoTime());
            long now = System.nanoTime();
            if (now >= due) {
              due = Math.max(due, now - MAX_BEHIND_NANOS);
              run(operation, work, due);
              due += intervalNanos;
            }
          }
        });
  }

  private void run(Operation operation, Work work, long due) {
    String refusal = "";
    begin(operation, due);
    try {
      work.run();
    } catch (Exception | AssertionError e) {
      refusal = operation + ": " + e;
    }
    note(operation, System.nanoTime() - due, refusal);
  }

  private synchronized void begin(Operation operation, long due) {
    underWay.put(operation, due);
  }

  private synchronized void note(Operation operation, long taken, String refusal) {
    underWay.remove(operation);
    if (closed) {
      return; // its socket was closed under it
    }
    nanos.computeIfAbsent(operation, any -> new ArrayList<>()).add(taken);
    if (!refusal.isEmpty() && refusals.size() < MAX_REFUSALS) {
      refusals.add(refusal);
    }
  }

  /**
   * What was seen since the last look. What is under way for long counts with its time so far: it
   * may not end at all.
   */
  public synchronized Measured sinceLastLook() {
    long now = System.nanoTime();
    underWay.forEach(
        (operation, due) -> {
          if (now - due > LONG_NANOS) {
            nanos.computeIfAbsent(operation, any -> new ArrayList<>()).add(now - due);
          }
        });
    Map<Operation, Latencies> latencies = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      long[] taken =
          nanos.getOrDefault(operation, List.of()).stream().mapToLong(Long::longValue).toArray();
      latencies.put(operation, Latencies.of(taken));
    }
    Measured measured = new Measured(latencies, List.copyOf(refusals));
    nanos.clear();
    refusals.clear();
    return measured;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("The probe does not end.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    talking.close();
  }
}
