package dev.tidemark.wire;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One of every frame that the gateway sends, for tests of all frames. */
final class Samples {
  static final String EPOCH = "6f1c2f0e-7a35-4b0e-9f63-1d0c1c9a5b11";
  static final String TURN = "0b6c6f3e-3f5e-4c26-8b2b-7b1c1a2d3e4f";
  static final String EVENT_ID = "2f1a7c9e-0d3b-4e5f-8a6b-9c8d7e6f5a4b";
  static final Instant TIME = Instant.parse("2026-11-22T10:16:00.123456Z");
  static final Position POSITION = new Position(EPOCH, 4200, 3201);
  static final Policy POLICY = policy(OptionalLong.empty());

  private Samples() {}

  private static Policy policy(OptionalLong authExpiresInMillis) {
    return new Policy(
        1_048_576, 30_000, 75_000, 10, 1_024, 604_800_000, 100_000, authExpiresInMillis);
  }

  static EventFrame token(long cursor, String content) {
    return new EventFrame(
        cursor,
        EVENT_ID,
        EventTypes.TOKEN_STREAM,
        "echo",
        TURN,
        TIME,
        "{\"content\":" + JsonText.quoted(content) + "}");
  }

  static Joined joined(Optional<ResyncReason> resync) {
    return joined(resync, Set.of());
  }

  static Joined joined(Optional<ResyncReason> resync, Set<Capability> capabilities) {
    return new Joined("s-1", "echo", true, true, POSITION, resync, capabilities);
  }

  static SnapshotFrame snapshot(Optional<RunningTurn> turn) {
    SnapshotMessage message =
        new SnapshotMessage("\"hi\"", "alice", "s-1", "c-17", TIME, "{\"pace\":1}", 4197);
    return new SnapshotFrame(
        POSITION,
        ResyncReason.BELOW_FLOOR.wireName(),
        "s-1",
        "echo",
        "{\"turns\":7}",
        List.of(message),
        412,
        true,
        turn,
        List.of(token(4199, "he"), token(4200, "llo")));
  }

  static RunningTurn turn() {
    return new RunningTurn(
        TURN,
        "c-17",
        "running",
        "hello",
        List.of("{\"call_id\":\"call-1\",\"name\":\"count\",\"arguments\":{}}"),
        false);
  }

  /** Returns one of each record, and both forms where a part of it may be absent. */
  static List<ServerFrame> serverFrames() {
    return List.of(
        new HelloOk(joined(Optional.empty()), POLICY),
        new HelloOk(joined(Optional.of(ResyncReason.LAGGED)), POLICY),
        new HelloOk(joined(Optional.empty()), policy(OptionalLong.of(299_000))),
        joined(Optional.empty()),
        joined(Optional.empty(), Set.of(Capability.BATCH, Capability.COMPACT)),
        joined(Optional.of(ResyncReason.AHEAD_OF_HEAD)),
        snapshot(Optional.empty()),
        snapshot(Optional.of(turn())),
        new Replay(new EncodedEvent(token(4101, "he")), 4101),
        new Replay(new EncodedEvent(token(4190, "he")), 4102),
        new ReplayComplete(0),
        new MessageAck("c-17", 4201, false),
        new PingFrame(POSITION),
        new PingFrame(),
        new PongFrame(),
        new Left("s-1"),
        new AuthOk(299_000),
        new ErrorFrame(ErrorCode.INVALID_SINCE, "no \"cursor\"\n", OptionalLong.empty()),
        new ErrorFrame(ErrorCode.RESTARTING, "come back", OptionalLong.of(3)),
        new ErrorFrame(ErrorCode.UNAVAILABLE, "again", OptionalLong.of(1), Optional.of("c-17")),
        new HelloError(ErrorCode.AUTH_REQUIRED, "who are you?", OptionalLong.of(5)),
        token(Long.MAX_VALUE, "\u0001\u2028\ud83d\ude00\ud800"),
        new EventFrame(1, EVENT_ID, "invoice.paid", "billing", null, TIME, "{ \"a\" : 1.0 }"));
  }
}
