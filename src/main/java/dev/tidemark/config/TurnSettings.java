package dev.tidemark.config;

import java.time.Duration;

/** How agents run: {@code tidemark.turn}. */
public final class TurnSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Duration> LEASE =
      LIST.millis(
          "tidemark.turn.lease-millis",
          10_000,
          500,
          600_000,
          "A node that has not renewed the lease of a turn for this long loses the turn.");
  public static final Setting<Duration> SWEEP =
      LIST.millis(
          "tidemark.turn.sweep-millis",
          2_000,
          50,
          60_000,
          "How often leases are renewed, lost turns are found and forgotten queues are started.");
  public static final Setting<Duration> TIME_LIMIT =
      LIST.millis(
          "tidemark.turn.time-limit-millis",
          1_800_000,
          100,
          86_400_000,
          "How long a turn may run before it fails with time_limit.");
  public static final Setting<Duration> ABORT_GRACE =
      LIST.millis(
          "tidemark.turn.abort-grace-millis",
          5_000,
          0,
          600_000,
          "How long an agent may take to stop before the turn is ended without it.");
  public static final Setting<Integer> ATTEMPTS =
      LIST.count(
          "tidemark.turn.attempts",
          3,
          1,
          100,
          "How often a message is tried when nodes die, where its agent allows a retry.");
  public static final Setting<Duration> STORAGE_PATIENCE =
      LIST.millis(
          "tidemark.turn.storage-patience-millis",
          30_000,
          0,
          600_000,
          "How long a turn's output waits for a database that is away before the turn is left to "
              + "its lease.");
  public static final Setting<String> DEFAULT_AGENT =
      LIST.text(
          "tidemark.turn.default-agent",
          "echo",
          "The agent of a session that was created without one; it has to exist.");

  private TurnSettings() {}
}
