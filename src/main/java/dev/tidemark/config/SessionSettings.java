package dev.tidemark.config;

/** Limits of a session and its snapshot: {@code tidemark.session}, {@code tidemark.snapshot}. */
public final class SessionSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Integer> SNAPSHOT_MESSAGES =
      LIST.count("tidemark.snapshot.messages", 200, 0, 100_000, "Newest messages in a snapshot.");
  public static final Setting<Integer> SNAPSHOT_EVENTS =
      LIST.count(
          "tidemark.snapshot.events", 50, 0, 10_000, "Newest retained events in a snapshot.");
  public static final Setting<Long> SNAPSHOT_BYTES =
      LIST.bytes(
          "tidemark.snapshot.bytes",
          1_048_576,
          1_024,
          67_108_864,
          "Bytes of messages, and again of events, in a snapshot; the oldest are left out.");
  public static final Setting<Long> STATE_BYTES =
      LIST.bytes(
          "tidemark.session.state-bytes",
          262_144,
          1_024,
          67_108_864,
          "Largest state of a session.");

  private SessionSettings() {}
}
