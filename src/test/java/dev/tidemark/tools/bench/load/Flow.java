package dev.tidemark.tools.bench.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;

/** Counts the frames that a group has received since {@link #begin}, and notes the times. */
final class Flow {
  private final Share share = new Share();
  private long beganNanos = System.nanoTime();
  private long firstNanos;
  private long lastNanos;
  private long reachedNanos;
  private long frames;
  private long messages;
  private long bytes;
  private long others;
  private long gaps;
  private long snapshots;
  private String failure = "";

  void begin() {
    beganNanos = System.nanoTime();
    firstNanos = 0;
    lastNanos = 0;
    reachedNanos = 0;
    frames = 0;
    messages = 0;
    bytes = 0;
    others = 0;
    gaps = 0;
    snapshots = 0;
    failure = "";
    share.begin();
  }

  void message(int messageBytes, long nanos) {
    messages++;
    bytes += messageBytes;
  }

  void frame(long nanos) {
    if (frames++ == 0) {
      firstNanos = nanos;
    }
    lastNanos = nanos;
  }

  void reached(long nanos) {
    reachedNanos = nanos;
  }

  void gap(String which) {
    gaps++;
    failure = which;
  }

  void snapshot() {
    snapshots++;
  }

  void other() {
    others++;
  }

  void failed(String why) {
    failure = why;
  }

  /**
   * @param reached number of clients that have reached the goal
   */
  JsonObject report(int reached) {
    return Json.createObjectBuilder()
        .add("frames", frames)
        .add("messages", messages)
        .add("bytes", bytes)
        .add("others", others)
        .add("gaps", gaps)
        .add("snapshots", snapshots)
        .add("reached", reached)
        .add("failure", failure)
        .add("seconds_to_first", (firstNanos - beganNanos) / 1e9)
        .add("seconds_to_all", (reachedNanos - beganNanos) / 1e9)
        .add("seconds_of_frames", (lastNanos - firstNanos) / 1e9)
        .add("share", share.taken())
        .build();
  }
}
