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
  public static final Setting<Integer> PLACES =
      LIST.count(
          "tidemark.turn.places", 256, 1, 10_000, "Turns that run on this node at the same time.");
  public static final Setting<Integer> PLACES_OF_SENDER =
      LIST.count(
          "tidemark.turn.places-per-principal",
          64,
          1,
          10_000,
          "Places that the turns for messages of one principal may take while nobody else has any; "
              + "otherwise the same part of what others leave. Further turns stay queued.");
  public static final Setting<Integer> PLACES_OF_TENANT =
      LIST.count(
          "tidemark.turn.places-per-tenant",
          192,
          1,
          10_000,
          "The same for all principals of one tenant together.");
  public static final Setting<Integer> QUEUED_OF_SENDER =
      LIST.count(
          "tidemark.turn.queued-per-principal",
          1_000,
          1,
          1_000_000,
          "Messages of one principal that may wait for their turn, in all sessions and on all nodes; "
              + "one more is refused with too_many_turns.");
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
