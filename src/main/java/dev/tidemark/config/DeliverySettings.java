package dev.tidemark.config;

import java.time.Duration;

/** How events are read and sent to clients: {@code tidemark.delivery}. */
public final class DeliverySettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Long> WINDOW_BYTES =
      LIST.bytes(
          "tidemark.delivery.window-bytes",
          65_536,
          1_024,
          16_777_216,
          "Bytes in flight to one client; a single larger frame still goes, alone.");
  public static final Setting<Integer> WINDOW_FRAMES =
      LIST.count(
          "tidemark.delivery.window-frames",
          32,
          1,
          48,
          "Frames in flight to one client; the server stops reading from a peer above 50.");
  public static final Setting<Integer> REPLAYS =
      LIST.count(
          "tidemark.delivery.replays",
          128,
          1,
          10_000,
          "Replays at the same time; further clients wait in line.");
  public static final Setting<Long> BATCH_BYTES =
      LIST.bytes(
          "tidemark.delivery.batch-bytes",
          65_536,
          1_024,
          16_777_216,
          "Size of a text message of several frames, to clients with the capability batch.");
  public static final Setting<Integer> PAGE_EVENTS =
      LIST.count(
          "tidemark.delivery.page-events",
          1_024,
          1,
          10_000,
          "Events that are read from the log, kept in memory and forgotten together, best a "
              + "multiple of 64; policy carries it as replay_page.");
  public static final Setting<Long> PAGE_BYTES =
      LIST.bytes(
          "tidemark.delivery.page-bytes",
          1_048_576,
          1_024,
          67_108_864,
          "Payload bytes that are read from the log at once (at least one event).");
  public static final Setting<Integer> TAIL_EVENTS =
      LIST.count(
          "tidemark.delivery.tail-events",
          131_072,
          0,
          100_000_000,
          "Events that the node keeps in memory for its clients, of all sessions together.");
  public static final Setting<Long> TAIL_BYTES =
      LIST.bytes(
          "tidemark.delivery.tail-bytes",
          67_108_864,
          0,
          17_179_869_184L,
          "Approximate memory for those events; the least recently used leave first.");
  public static final Setting<Duration> STALL =
      LIST.millis(
          "tidemark.delivery.stall-millis",
          60_000,
          100,
          3_600_000,
          "A client that takes nothing of its frames in flight for this long is closed with 1013.");
  public static final Setting<Duration> LINGER =
      LIST.millis(
          "tidemark.delivery.linger-millis",
          10_000,
          100,
          600_000,
          "How long the frame of that close may wait for the client before the connection is cut.");
  public static final Setting<Duration> POLL =
      LIST.millis(
          "tidemark.delivery.poll-millis",
          5_000,
          50,
          600_000,
          "How often heads are read again, in case a wake-up from another node was lost.");
  public static final Setting<Duration> WAKE_UP_GATHER =
      LIST.millis(
          "tidemark.delivery.wake-up-gather-millis",
          5,
          0,
          1_000,
          "How long wake-ups for other nodes are gathered into one notification.");

  private DeliverySettings() {}
}
