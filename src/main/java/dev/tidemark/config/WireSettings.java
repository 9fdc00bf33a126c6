package dev.tidemark.config;

import java.time.Duration;

/**
 * Limits on a client's input, heartbeat and silence: {@code tidemark.wire} and {@code
 * tidemark.inbound}.
 */
public final class WireSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Long> MAX_PAYLOAD_BYTES =
      LIST.bytes(
          "tidemark.wire.max-payload-bytes",
          1_048_576,
          1_024,
          67_108_864,
          "Largest text message that a client may send; a larger one closes with 1009.");
  public static final Setting<Integer> MAX_BAD_FRAMES =
      LIST.count(
          "tidemark.wire.max-bad-frames",
          10,
          1,
          10_000,
          "Malformed frames that one connection may send; the next one closes with 4028.");
  public static final Setting<Duration> HEARTBEAT =
      LIST.millis(
          "tidemark.wire.heartbeat-millis",
          30_000,
          100,
          600_000,
          "How often a connection gets a ping that carries the head of its session.");
  public static final Setting<Duration> SILENCE =
      LIST.millis(
          "tidemark.wire.silence-millis",
          75_000,
          200,
          3_600_000,
          "A connection that has sent nothing for this long, not even a pong, closes with 4002.");
  public static final Setting<Integer> MAILBOX_FRAMES =
      LIST.count(
          "tidemark.inbound.mailbox-frames",
          1_024,
          1,
          100_000,
          "Waiting frames of one connection; one more closes with 1013.");
  public static final Setting<Long> MAILBOX_BYTES =
      LIST.bytes(
          "tidemark.inbound.mailbox-bytes",
          8_388_608,
          1_024,
          1_073_741_824,
          "Bytes of one connection's waiting frames; more closes with 1013.");

  private WireSettings() {}
}
