package dev.tidemark.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The frames as they stand in docs/protocol.md, field for field and in its order. */
final class EncodingTest {
  private static final String EPOCH = "\"epoch\":\"" + Samples.EPOCH + "\"";

  @Test
  void helloOkSaysWhatTheServerCanDoAndWhatItGrants() {
    assertEquals(
        "{\"type\":\"hello_ok\",\"protocol\":1,\"features\":{"
            + "\"methods\":[\"hello\",\"join\",\"message\",\"abort\",\"leave\",\"ping\",\"pong\",\"auth\"],"
            + "\"events\":[\"message\",\"turn_started\",\"token_stream\",\"reasoning_stream\","
            + "\"tool_call_stream\",\"tool_result_stream\",\"state_update\",\"response\",\"aborted\","
            + "\"turn_failed\",\"turn_interrupted\",\"stream_end\",\"session_update\",\"broadcast\"],"
            + "\"capabilities\":[\"batch\",\"compact\"]},"
            + "\"policy\":{\"max_payload\":1048576,\"heartbeat_ms\":30000,\"dead_after_ms\":75000,"
            + "\"max_bad_frames\":10,\"replay_page\":1024,"
            + "\"replay_window_ms\":604800000,\"replay_window_events\":100000},"
            + "\"session_id\":\"s-1\",\"agent_id\":\"echo\",\"resumed\":true,\"access\":\"write\","
            + EPOCH
            + ",\"cursor\":4200,\"oldest_cursor\":3201,\"resync_required\":false,"
            + "\"capabilities\":[\"compact\"]}",
        new HelloOk(Samples.joined(Optional.empty(), Set.of(Capability.COMPACT)), Samples.POLICY)
            .encode());
  }

  @Test
  void joinedNamesTheReasonOfAResync() {
    assertEquals(
        "{\"type\":\"joined\",\"session_id\":\"s-1\",\"agent_id\":\"echo\",\"resumed\":true,\"access\":\"write\","
            + EPOCH
            + ",\"cursor\":4200,\"oldest_cursor\":3201,\"resync_required\":true,"
            + "\"resync_reason\":\"below_floor\",\"capabilities\":[],\"protocol_version\":1}",
        Samples.joined(Optional.of(ResyncReason.BELOW_FLOOR)).encode());
  }

  @Test
  void bothDoorsCarryTheSameIntegrityFields() {
    Joined joined = Samples.joined(Optional.of(ResyncReason.EPOCH_CHANGED));
    String fields = joined.write(new JsonText(256)).end();
    String inner = fields.substring(1, fields.length() - 1);
    assertTrue(joined.encode().contains(inner));
    assertTrue(new HelloOk(joined, Samples.POLICY).encode().contains(inner));
  }

  @Test
  void snapshotIsOneCutWithItsCursorInBothPlaces() {
    assertEquals(
        "{\"type\":\"snapshot\",\"event_cursor\":4200,"
            + EPOCH
            + ",\"reason\":\"below_floor\",\"state\":{\"session_id\":\"s-1\",\"agent_id\":\"echo\","
            + "\"state\":{\"turns\":7},\"messages\":[{\"content\":\"hi\",\"sender_id\":\"alice\","
            + "\"session_id\":\"s-1\",\"message_id\":\"c-17\",\"timestamp\":\"2026-11-22T10:16:00.123456Z\","
            + "\"metadata\":{\"pace\":1},\"cursor\":4197}],\"messages_total\":412,"
            + "\"messages_truncated\":true,\"turn\":{\"turn_id\":\""
            + Samples.TURN
            + "\",\"message_id\":\"c-17\",\"status\":\"running\",\"content\":\"hello\",\"tool_calls\":["
            + "{\"call_id\":\"call-1\",\"name\":\"count\",\"arguments\":{}}]},\"events\":["
            + Samples.token(4199, "he").encode()
            + ","
            + Samples.token(4200, "llo").encode()
            + "],\"event_cursor\":4200}}",
        Samples.snapshot(Optional.of(Samples.turn())).encode());
    assertTrue(Samples.snapshot(Optional.empty()).encode().contains("\"turn\":null,"));
  }

  @Test
  void eventsCarryTheirDurableCursorTwiceAndSixDigitsOfASecond() {
    assertEquals(
        "{\"type\":\"token_stream\",\"seq\":4203,\"cursor\":4203,\"event_id\":\""
            + Samples.EVENT_ID
            + "\",\"timestamp\":\"2026-11-22T10:16:00.123456Z\",\"source\":\"echo\",\"turn_id\":\""
            + Samples.TURN
            + "\",\"data\":{\"content\":\"he\"}}",
        Samples.token(4203, "he").encode());
    assertTrue(at("2026-11-22T10:16:00Z").contains("\"2026-11-22T10:16:00.000000Z\""));
    assertTrue(at("2026-11-22T10:16:00.5Z").contains("\"2026-11-22T10:16:00.500000Z\""));
    assertTrue(at("2026-11-22T10:16:00.123456999Z").contains("\"2026-11-22T10:16:00.123456Z\""));
  }

  @Test
  void aReplayHoldsTheVeryTextThatWentOutLive() {
    String payload = "{ \"b\":1.0,\n \"a\" : 1E2, \"a2\":\"\\u00e9\\/é\" }";
    EventFrame event =
        new EventFrame(7, Samples.EVENT_ID, "invoice.paid", "x", null, Samples.TIME, payload);
    assertTrue(event.encode().endsWith(",\"source\":\"x\",\"data\":" + payload + "}"));
    assertEquals(
        "{\"type\":\"replay\",\"seq\":7,\"event\":" + event.encode() + "}",
        new Replay(new EncodedEvent(event), 7).encode());
    assertEquals(
        "{\"type\":\"replay\",\"seq\":7,\"from_seq\":3,\"event\":" + event.encode() + "}",
        new Replay(new EncodedEvent(event), 3).encode());
  }

  @Test
  void anEventHasOneTextWhateverItWasAskedForBefore() {
    EventFrame event = Samples.token(12, "\ud83d\ude00 é");
    String replay = "{\"type\":\"replay\",\"seq\":12,\"event\":" + event.encode() + "}";
    for (boolean liveFirst : new boolean[] {true, false}) {
      EncodedEvent encoded = new EncodedEvent(event);
      for (int i = liveFirst ? 0 : 1; i < 4; i++) {
        EncodedFrame text = i % 2 == 0 ? encoded.live() : new Replay(encoded, 12).text();
        assertEquals(i % 2 == 0 ? event.encode() : replay, text.text());
        assertEquals(text.text().getBytes(UTF_8).length, text.bytes());
      }
    }
  }

  @Test
  void theLengthOfAFrameIsCountedOnceAndRight() {
    EncodedEvent event = new EncodedEvent(Samples.token(7, "\ud83d\ude00 é"));
    assertSame(event.live(), event.live());
    for (EncodedFrame text :
        List.of(event.live(), new Replay(event, 7).text(), new Replay(event, 3).text())) {
      assertEquals(text.text().getBytes(UTF_8).length, text.bytes());
    }
  }

  @Test
  void theSmallFramesAreAsDocumented() {
    assertEquals(
        "{\"type\":\"replay_complete\",\"cursor\":4200}", new ReplayComplete(4200).encode());
    assertEquals(
        "{\"type\":\"message_ack\",\"message_id\":\"c-17\",\"cursor\":4201,\"duplicate\":false}",
        new MessageAck("c-17", 4201, false).encode());
    assertEquals(
        "{\"type\":\"ping\",\"cursor\":4200,\"oldest_cursor\":3201}",
        new PingFrame(Samples.POSITION).encode());
    assertEquals("{\"type\":\"ping\"}", new PingFrame().encode());
    assertEquals("{\"type\":\"pong\"}", new PongFrame().encode());
    assertEquals("{\"type\":\"left\",\"session_id\":\"s-1\"}", new Left("s-1").encode());
    assertEquals(
        "{\"type\":\"error\",\"code\":\"not_joined\",\"message\":\"Join first.\"}",
        new ErrorFrame(ErrorCode.NOT_JOINED, "Join first.", OptionalLong.empty()).encode());
    assertEquals(
        "{\"type\":\"hello_error\",\"code\":\"auth_required\",\"message\":\"Who?\","
            + "\"next_step\":\"reauthenticate\",\"retry_after_seconds\":5}",
        new HelloError(ErrorCode.AUTH_REQUIRED, "Who?", OptionalLong.of(5)).encode());
  }

  @Test
  void textIsEscapedSoThatItSurvivesJsonAndUtf8() {
    assertEquals(
        "\"\\\"\\\\\\n\\r\\t\\u0000\\u001f/é\ud83d\ude00\\ud800x\\udc00\"",
        JsonText.quoted("\"\\\n\r\t\u0000\u001f/é\ud83d\ude00\ud800x\udc00"));
  }

  @Test
  void aProducerMayUseAnyQuietNameForAnEventButNotAConnectionFrames() {
    for (String good : new String[] {"message", "invoice.paid", "a", "0_.", "x".repeat(64)}) {
      assertDoesNotThrow(() -> EventFrame.requireType(good), good);
    }
    for (String bad :
        new String[] {"", "A", "é", "a b", "a-b", "x".repeat(65), "ping", "joined", "error"}) {
      assertThrows(IllegalArgumentException.class, () -> EventFrame.requireType(bad), bad);
    }
  }

  @Test
  void onlyThePiecesOfAnAnswerAreDeltas() {
    assertTrue(EventTypes.isDelta(EventTypes.TOKEN_STREAM));
    assertTrue(EventTypes.isDelta(EventTypes.TOOL_RESULT_STREAM));
    assertFalse(EventTypes.isDelta(EventTypes.RESPONSE));
    assertFalse(EventTypes.isDelta("invoice.paid"));
    EventTypes.ALL.forEach(EventFrame::requireType);
  }

  private static String at(String time) {
    return new EventFrame(1, Samples.EVENT_ID, "a", "x", null, Instant.parse(time), "{}").encode();
  }
}
