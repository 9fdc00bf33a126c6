package dev.tidemark.wire;

import java.util.OptionalLong;

/**
 * The limits that a client should know.
 *
 * @param maxPayloadBytes the largest text message that a client may send; a larger one closes with
 *     1009
 * @param heartbeatMillis the interval of the server's pings on a quiet connection
 * @param deadAfterMillis the time without a sign of life after which the server closes with 4002
 * @param maxBadFrames the number of bad frames that get an error before the server closes with 4028
 * @param replayPageEvents the number of events that a replay reads at a time
 * @param replayWindowMillis the time for which an event of this session can be replayed; older ones
 *     are below the floor
 * @param replayWindowEvents the number of events of this session that can be replayed, deltas of
 *     finished turns not counted
 * @param authExpiresInMillis the remaining time of the caller's access token; empty if it does not
 *     end
 */
public record Policy(
    long maxPayloadBytes,
    long heartbeatMillis,
    long deadAfterMillis,
    int maxBadFrames,
    int replayPageEvents,
    long replayWindowMillis,
    long replayWindowEvents,
    OptionalLong authExpiresInMillis) {
  String encode() {
    JsonText json =
        new JsonText(256)
            .number("max_payload", maxPayloadBytes)
            .number("heartbeat_ms", heartbeatMillis)
            .number("dead_after_ms", deadAfterMillis)
            .number("max_bad_frames", maxBadFrames)
            .number("replay_page", replayPageEvents)
            .number("replay_window_ms", replayWindowMillis)
            .number("replay_window_events", replayWindowEvents);
    authExpiresInMillis.ifPresent(millis -> json.number("auth_expires_in_ms", millis));
    return json.end();
  }
}
