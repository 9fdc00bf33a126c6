package dev.tidemark.tools.bench.neighbours;

import dev.tidemark.config.DeliverySettings;
import dev.tidemark.config.TurnSettings;
import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.gateway.MoreAccounts;
import dev.tidemark.testing.watch.CollectionLog;
import dev.tidemark.testing.watch.CollectionLog.Collections;
import dev.tidemark.testing.watch.Measured;
import dev.tidemark.testing.watch.Probe;
import dev.tidemark.testing.watch.ServerProcess;
import dev.tidemark.tools.run.Directories;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A node with a neighbour on it, and room for one nuisance after the other. */
public final class Neighbourhood implements AutoCloseable {
  private static final Duration TO_SETTLE = Duration.ofMinutes(2);

  /** A blank text stands for the default; other tests look more often. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          TurnSettings.LEASE.key(), "",
          TurnSettings.SWEEP.key(), "",
          DeliverySettings.POLL.key(), "");

  private final boolean asTest;
  private final long heapBytes;
  private final Duration before;
  private final Duration each;
  private final Gateway gateway;
  private final CollectionLog collectionLog;
  private final Probe probe;

  private Neighbourhood(
      String name,
      boolean asTest,
      int heapMegabytes,
      Duration before,
      Duration each,
      Map<String, String> settings) {
    this.asTest = asTest;
    this.before = before;
    this.each = each;
    heapBytes = (long) heapMegabytes << 20;
    Path base = Directories.forTest(name);
    gateway =
        Gateway.start(
            name,
            settings,
            node ->
                node.template(MoreAccounts.template(name, Nuisance.accounts()))
                    .javaOption(asTest ? Gateway.QUICK_START : "-XX:TieredStopAtLevel=4")
                    .javaOption("-Xmx" + heapMegabytes + "m")
                    .javaOption(CollectionLog.option(base)));
    collectionLog = new CollectionLog(base);
    probe =
        Probe.start(gateway.server(), Nuisance.NEIGHBOUR, Duration.ofMillis(asTest ? 200 : 100));
    pass(each); // the code of the node gets warm
  }

  /** A node with the default settings and as much of everything as a benchmark wants. */
  public static Neighbourhood large() {
    Duration each = Duration.ofSeconds(Integer.getInteger("neighbours.seconds", 60));
    return new Neighbourhood("neighbours", false, 768, each, each, DEFAULTS);
  }

  /** A node with small limits and a small heap, for as much as a test has time for. */
  static Neighbourhood small(Map<String, String> settings) {
    return new Neighbourhood(
        "neighbours-small", true, 256, Duration.ofMillis(500), Duration.ofSeconds(4), settings);
  }

  /** Whether this machine can make a client of another address, which some nuisances need. */
  static boolean hasManyAddresses() {
    return NuisanceClients.hasManyAddresses();
  }

  Gateway gateway() {
    return gateway;
  }

  /** Has the compilers see the nuisance before it is measured. */
  public void warmUp(Nuisance nuisance) {
    try (NuisanceClients clients = start(nuisance, false)) {
      pass(each.dividedBy(2));
      clients.answers();
    } finally {
      settle();
    }
  }

  private NuisanceClients start(Nuisance nuisance, boolean measured) {
    return NuisanceClients.start(nuisance, measured, asTest, gateway.server().httpPort());
  }

  /**
   * Once the one before is forgotten, lets the neighbour alone for a while, then has it bear the
   * nuisance for as long.
   */
  public Effect bear(Nuisance nuisance) {
    settle();
    probe.sinceLastLook();
    pass(before);
    Measured quiet = probe.sinceLastLook();
    collectionLog.sinceLastLook();
    try (NuisanceClients clients = start(nuisance, true)) {
      pass(each);
      Measured loaded = probe.sinceLastLook();
      Collections collections = collectionLog.sinceLastLook();
      double live = liveHeap(collections);
      return new Effect(
          nuisance, quiet, loaded, collections, 100 * live / heapBytes, clients.answers());
    }
  }

  /** The most that is in use although all garbage is gone, while all clients are there still. */
  private double liveHeap(Collections collections) {
    return Math.max(
        collections.maxLiveBytes(),
        new ServerProcess(gateway.server().process().pid()).heapBytes());
  }

  /** Waits until the node has forgotten the nuisance, as far as it can. */
  private void settle() {
    long deadline = System.nanoTime() + TO_SETTLE.toNanos();
    while (!isSettled() && System.nanoTime() < deadline) {
      pass(Duration.ofMillis(500));
    }
  }

  private boolean isSettled() {
    long turns =
        gateway
            .database()
            .value(
                Long.class,
                "select count(*) from tidemark.turn where status in ('queued', 'running')");
    return turns <= 1 && gateway.metric("tidemark_connections") <= 3;
  }

  private static void pass(Duration duration) {
    long until = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** What the node has logged that it should not have. */
  List<String> troubles() {
    return new ArrayList<>(gateway.server().troubles());
  }

  @Override
  public void close() {
    probe.close();
    gateway.server().kill(); // turns may still run, and a stop would wait for them
  }
}
