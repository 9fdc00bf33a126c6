package dev.tidemark.config;

import java.time.Duration;
import java.util.Optional;

/** The name of a node, and how it stops: {@code tidemark.node} and {@code tidemark.drain}. */
public final class NodeSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Duration> DRAIN_SPREAD =
      LIST.millis(
          "tidemark.drain.spread-millis",
          5_000,
          0,
          600_000,
          "Time over which a draining node spreads the closing and the return of its clients.");
  public static final Setting<Duration> DRAIN_TURNS =
      LIST.millis(
          "tidemark.drain.turns-millis",
          20_000,
          0,
          3_600_000,
          "How long a stopping node waits for its turns before it hands them on.");
  public static final Setting<Duration> STANDSTILL =
      LIST.millis(
          "tidemark.node.standstill-millis",
          90_000,
          1_000,
          3_600_000,
          "How long work of the node may stand still before the node is not ready; longer than the "
              + "time limit of its connections to the database.");
  public static final Setting<Duration> EXIT_AFTER =
      LIST.millis(
          "tidemark.node.exit-after-standstill-millis",
          0,
          0,
          86_400_000,
          "Work that stands still for this long ends the server's process with status 70, unless it "
              + "waits for the database; 0 for never.");
  public static final Setting<Optional<String>> NAME =
      LIST.optional(
          "tidemark.node.name",
          "the server's `jboss.node.name`",
          "The node's name in leases and records. Each start adds a part of its own, so that a "
              + "restarted node does not take its predecessor's leases for its own.");

  private static final String BIND_ADDRESS = "jboss.bind.address";

  private NodeSettings() {}

  /** The address at which the server listens; a stock server listens on this machine alone. */
  static String boundAddress() {
    return System.getProperty(BIND_ADDRESS, "127.0.0.1");
  }
}
