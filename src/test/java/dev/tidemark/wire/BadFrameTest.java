package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors that a client is told for bad frames, case by case. */
final class BadFrameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "false",
        "null",
        "1.5",
        "1.0",
        "1e3",
        "1e0",
        "-1",
        "-0",
        "[1]",
        "{}",
        "\"\"",
        "\"+1\"",
        "\" 1\"",
        "\"1 \"",
        "\"-1\"",
        "\"1.0\"",
        "\"0x1\"",
        "\"\\u0661\"",
        "9223372036854775808",
        "\"9223372036854775808\"",
        "1e999999999",
        "100000000000000000000000000000000000000000000000000"
      })
  void whatIsNotACursorIsRefusedAndNothingIsJoined(String since) {
    for (String door : new String[] {"hello", "join"}) {
      BadFrameException refusal =
          assertRefused("invalid_since", "{\"type\":\"" + door + "\",\"since\":" + since + "}");
      assertTrue(refusal.getMessage().startsWith("Invalid 'since' cursor: "));
      assertTrue(refusal.getMessage().endsWith("from 0 to 9223372036854775807."));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "4100,4100",
    "\"0\",0",
    "\"007\",7",
    "9223372036854775807,9223372036854775807"
  })
  void aCursorIsAnIntegerOrDigits(String since, long expected) {
    Join join = (Join) FrameDecoder.decode("{\"type\":\"join\",\"since\":" + since + "}");
    assertEquals(OptionalLong.of(expected), join.since());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "{}}",
        "{} {}",
        "hello",
        "{\"type\":\"ping\"",
        "{type:\"ping\"}",
        "{\"type\":\"ping\",}",
        "{\"type\":'ping'}",
        "{\"a\":01,\"type\":\"ping\"}",
        "{\"a\":NaN}",
        "\uFEFF{\"type\":\"ping\"}",
        "{\"type\":\"pi\nng\"}",
        "{\"type\":\"ping\"}\u0000",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":+1}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "// {}",
        "{\"a\" 1}"
      })
  void whatIsNotJsonIsBadJson(String text) {
    assertRefused("bad_json", text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          invalid_frame | [] | A frame is a JSON object
          invalid_frame | "ping" | A frame is a JSON object
          invalid_frame | {} | 'type' is missing
          invalid_frame | {"type":null} | 'type' is null
          invalid_frame | {"type":7} | 'type' is the number '7'
          unknown_frame | {"type":"joined"} | 'joined'
          unknown_frame | {"type":"Ping"} | 'Ping'
          unknown_frame | {"type":""} | must be one of [hello, join,
          invalid_frame | {"type":"ping","type":"pong"} | 'type' is given twice
          invalid_frame | {"type":"message","content":{"a":1,"a":1}} | 'a' is given twice
          invalid_frame | {"type":"message","content":{"a":1e1000}} | A number is too large
          invalid_session_id | {"type":"join","session_id":""} | 1 to 128 of the characters
          invalid_session_id | {"type":"join","session_id":"a b"} | the text 'a b'
          invalid_session_id | {"type":"join","session_id":null} | 'session_id' is null
          invalid_session_id | {"type":"join","session_id":7} | the number '7'
          invalid_frame | {"type":"join","agent_id":""} | has 0 characters
          invalid_frame | {"type":"join","create":"true"} | must be true or false
          invalid_frame | {"type":"join","create":1} | must be true or false
          invalid_frame | {"type":"join","snapshot":null} | 'snapshot' is null
          invalid_frame | {"type":"join","epoch":5} | 'epoch' is the number '5'
          invalid_frame | {"type":"join","capabilities":"batch"} | must be an array of texts
          invalid_frame | {"type":"join","capabilities":[1]} | must be an array of texts
          invalid_frame | {"type":"hello","protocol_min":"1"} | must be an integer
          invalid_frame | {"type":"hello","protocol_max":1.0} | must be an integer
          invalid_frame | {"type":"hello","protocol_max":1e9} | must be an integer
          invalid_frame | {"type":"hello","protocol_min":3,"protocol_max":2} | greater than
          invalid_message | {"type":"message"} | 'content' is missing
          invalid_message | {"type":"message","content":""} | not empty
          invalid_message | {"type":"message","content":{}} | not empty
          invalid_message | {"type":"message","content":["a"]} | 'content' is an array
          invalid_message | {"type":"message","content":1} | 'content' is the number
          invalid_message | {"type":"message","content":null} | 'content' is null
          invalid_message | {"type":"message","content":"a","metadata":[]} | must be an object
          invalid_message | {"type":"message","content":"a","message_id":""} | has 0 characters
          invalid_message | {"type":"message","content":"a","message_id":17} | the number '17'
          invalid_frame | {"type":"abort","reason":{}} | 'reason' is an object
          invalid_frame | {"type":"auth"} | 'token' is missing
          invalid_frame | {"type":"auth","token":""} | has 0 characters
          """)
  void theRefusalNamesTheFieldAndWhatIsWrong(String code, String text, String part) {
    BadFrameException refusal = assertRefused(code, text);
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  @Test
  void aLengthIsCountedInCharactersNotInHalves() {
    String wave = "\ud83c\udf0a";
    String frame = "{\"type\":\"message\",\"content\":\"a\",\"message_id\":\"%s\"}";
    Message message = (Message) FrameDecoder.decode(frame.replace("%s", wave.repeat(128)));
    assertEquals(Optional.of(wave.repeat(128)), message.messageId());
    assertRefused("invalid_message", frame.replace("%s", wave.repeat(129)));
  }

  @Test
  void aStrangersDepthAndNumbersCostNothing() {
    assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          String open = "{\"type\":\"message\",\"content\":";
          assertRefused("invalid_frame", open + "[".repeat(500_000));
          assertRefused("invalid_frame", open + "{\"a\":".repeat(200_000));
          assertRefused("invalid_frame", open + "{\"a\":" + "9".repeat(1_000_000) + "}}");
          assertRefused("invalid_frame", open + "{\"a\":1e-" + "9".repeat(1_000_000) + "}}");
          assertRefused(
              "invalid_since", "{\"type\":\"join\",\"since\":" + "9".repeat(1_000_000) + "}");
          assertRefused(
              "invalid_since", "{\"type\":\"join\",\"since\":\"" + "9".repeat(1_000_000) + "\"}");
        });
  }

  @Test
  void theDepthThatIsAllowedIsTaken() {
    String frame =
        "{\"type\":\"message\",\"content\":{\"a\":" + "[".repeat(62) + "]".repeat(62) + "}}";
    assertEquals(Message.class, FrameDecoder.decode(frame).getClass());
    assertRefused("invalid_frame", frame.replace("[]", "[[]]"));
  }

  @Test
  void aRefusalRepeatsOnlyAShortAndHarmlessExcerpt() {
    String type = "\\u001b[31m\\u0000\\ud800\\u202e" + "x".repeat(100_000);
    String message = assertRefused("unknown_frame", "{\"type\":\"" + type + "\"}").getMessage();
    assertTrue(message.contains("'?[31m???xxx"), message);
    assertTrue(message.length() < 200, message);
  }

  @Test
  void aTokenIsNeverShown() {
    ClientFrame auth = FrameDecoder.decode("{\"type\":\"auth\",\"token\":\"s3cret\"}");
    assertEquals(new Auth("s3cret"), auth);
    assertFalse(auth.toString().contains("s3cret"));
    String tooLong = "{\"type\":\"auth\",\"token\":\"" + "s3cret".repeat(5_000) + "\"}";
    assertFalse(assertRefused("invalid_frame", tooLong).getMessage().contains("s3cret"));
  }

  @Test
  void aRangeWithOneEndReachesToVersionOne() {
    assertEquals(new Hello(1, 1, emptyJoin()), FrameDecoder.decode("{\"type\":\"hello\"}"));
    assertEquals(
        new Hello(1, 3, emptyJoin()),
        FrameDecoder.decode("{\"type\":\"hello\",\"protocol_max\":3}"));
    assertEquals(
        new Hello(2, 2, emptyJoin()),
        FrameDecoder.decode("{\"type\":\"hello\",\"protocol_min\":2}"));
    assertEquals(
        new Hello(0, 0, emptyJoin()),
        FrameDecoder.decode("{\"type\":\"hello\",\"protocol_max\":0}"));
  }

  private static Join emptyJoin() {
    return new Join(
        Optional.empty(),
        Optional.empty(),
        false,
        OptionalLong.empty(),
        Optional.empty(),
        false,
        Set.of());
  }

  private static BadFrameException assertRefused(String code, String text) {
    BadFrameException refusal =
        assertThrows(BadFrameException.class, () -> FrameDecoder.decode(text));
    assertEquals(code, refusal.code().wireName(), refusal.getMessage());
    return refusal;
  }
}
