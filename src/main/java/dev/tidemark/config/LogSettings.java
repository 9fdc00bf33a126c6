package dev.tidemark.config;

import java.time.Duration;

/** How events are appended: {@code tidemark.log}. */
public final class LogSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Long> EVENT_BYTES =
      LIST.bytes(
          "tidemark.log.event-bytes",
          1_179_648,
          1_024,
          67_108_864,
          "Largest payload of one event, and the largest answer of a turn.");
  public static final Setting<Integer> WRITERS =
      LIST.count(
          "tidemark.log.writers",
          2,
          1,
          32,
          "Writers that append for all sessions; each holds a database connection while it is "
              + "busy.");
  public static final Setting<Integer> BATCH_EVENTS =
      LIST.count(
          "tidemark.log.batch-events",
          500,
          1,
          100_000,
          "Events that a writer puts into one transaction (at least one append).");
  public static final Setting<Long> BATCH_BYTES =
      LIST.bytes(
          "tidemark.log.batch-bytes",
          524_288,
          1_024,
          1_073_741_824,
          "Payload bytes that a writer puts into one transaction (at least one append).");
  public static final Setting<Integer> QUEUE_EVENTS =
      LIST.count(
          "tidemark.log.queue-events",
          20_000,
          1,
          10_000_000,
          "Events that may wait for one writer, of one sender (with the turns of its messages) "
              + "as many as are free besides; above it, a client's message is refused with "
              + "unavailable, and a turn waits.");
  public static final Setting<Long> QUEUE_BYTES =
      LIST.bytes(
          "tidemark.log.queue-bytes",
          33_554_432,
          1_024,
          4_294_967_296L,
          "Payload bytes that may wait for one writer, shared in the same way; above it, the same.");
  public static final Setting<Duration> PUBLISH_PATIENCE =
      LIST.millis(
          "tidemark.log.publish-millis",
          10_000,
          100,
          60_000,
          "How long a request that publishes an event waits for its commit; then 503, and the "
              + "event may be appended later.");

  private LogSettings() {}
}
