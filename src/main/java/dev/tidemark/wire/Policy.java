package dev.tidemark.wire;

/**
 * The limits that a client should know.
 *
 * @param maxPayloadBytes the largest text message that a client may send; a larger one closes with
 *     1009
 * @param heartbeatMillis how often the server pings a quiet connection
 * @param deadAfterMillis after how long without a sign of life the server closes with 4002
 * @param maxBadFrames how many bad frames are answered before the server closes with 4028
 * @param replayPageEvents how many events a replay reads at a time
 */
public record Policy(
    long maxPayloadBytes,
    long heartbeatMillis,
    long deadAfterMillis,
    int maxBadFrames,
    int replayPageEvents) {
  String encode() {
    return new JsonText(128)
        .number("max_payload", maxPayloadBytes)
        .number("heartbeat_ms", heartbeatMillis)
        .number("dead_after_ms", deadAfterMillis)
        .number("max_bad_frames", maxBadFrames)
        .number("replay_page", replayPageEvents)
        .end();
  }
}
