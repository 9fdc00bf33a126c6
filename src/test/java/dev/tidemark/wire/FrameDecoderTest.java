package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.FrameSchema;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The decoder against a model of a few lines. */
final class FrameDecoderTest {
  @Test
  void everyFrameOfAClientIsDecodedByItsType() {
    Set<Class<?>> decoded = new HashSet<>();
    for (String type : FrameDecoder.TYPES) {
      ClientFrame frame =
          FrameDecoder.decode("{\"type\":\"" + type + "\",\"content\":\"a\",\"token\":\"t\"}");
      assertEquals(type, frame.type());
      decoded.add(frame.getClass());
    }
    assertEquals(Set.of(ClientFrame.class.getPermittedSubclasses()), decoded);
  }

  @Property
  void everyFrameOfAClientComesBackAsItWas(@ForAll("frames") ClientFrame frame) {
    String text = ClientFrames.write(frame);
    assertEquals(frame, FrameDecoder.decode(text));
    FrameSchema.requireClientFrame(text);
  }

  @Property
  void fieldsThatNobodyKnowsChangeNothing(@ForAll("frames") ClientFrame frame) {
    String text = ClientFrames.write(frame);
    String more = "{\"x\":{\"y\":[1.5,null,\"\\u0000\"]},\"z\":1e999999999," + text.substring(1);
    assertEquals(frame, FrameDecoder.decode(more));
  }

  @Property
  void whateverTheTextTheAnswerIsAFrameOrARefusal(@ForAll String text) {
    requireAnAnswer(text);
    requireAnAnswer("{\"type\":" + text + "}");
    requireAnAnswer("{\"type\":\"message\",\"content\":" + text + "}");
  }

  @Property
  void aFrameWithOneCharacterSpoiltIsAnsweredToo(
      @ForAll("frames") ClientFrame frame, @ForAll int where, @ForAll char what) {
    String text = ClientFrames.write(frame);
    int index = Math.floorMod(where, text.length());
    requireAnAnswer(text.substring(0, index) + what + text.substring(index + 1));
    requireAnAnswer(text.substring(0, index) + text.substring(index + 1));
    requireAnAnswer(text.substring(0, index));
  }

  @Property
  void sinceIsDigitsUpToTheLargestLongAndNothingElse(@ForAll("cursors") String since) {
    OptionalLong expected = modelOfSince(since);
    assertEquals(expected, Since.parse(since));
    assertSince(expected, ClientFrames.escaped(since));
    if (since.matches("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?")) { // a JSON number
      assertSince(expected, since);
    }
  }

  private static OptionalLong modelOfSince(String text) {
    boolean cursor = text.matches("[0-9]+") && new BigInteger(text).bitLength() < Long.SIZE;
    return cursor ? OptionalLong.of(new BigInteger(text).longValue()) : OptionalLong.empty();
  }

  @Property
  void textIsTakenIfAndOnlyIfTheDatabaseCanKeepIt(@ForAll("anyText") String text) {
    boolean storable = !text.contains("\0") && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    String json = ClientFrames.escaped(text);
    String[] places = {
      "{\"type\":\"message\",\"content\":%s}",
      "{\"type\":\"message\",\"content\":{\"a\":[%s]}}",
      "{\"type\":\"message\",\"content\":{%s:1}}",
      "{\"type\":\"message\",\"content\":\"a\",\"metadata\":{\"a\":{%s:[]}}}",
      "{\"type\":\"message\",\"content\":\"a\",\"message_id\":%s}"
    };
    for (String place : places) {
      String frame = place.replace("%s", json);
      if (storable) {
        FrameDecoder.decode(frame);
      } else {
        assertEquals(ErrorCode.INVALID_MESSAGE, refusal(frame).code(), frame);
      }
    }
    String[] others = {
      "{\"type\":\"join\",\"agent_id\":%s}",
      "{\"type\":\"join\",\"epoch\":%s}",
      "{\"type\":\"abort\",\"reason\":%s}"
    };
    for (String other : others) {
      String frame = other.replace("%s", json);
      if (storable) {
        FrameDecoder.decode(frame);
      } else {
        assertEquals(ErrorCode.INVALID_FRAME, refusal(frame).code(), frame);
      }
    }
  }

  @Property
  void aSessionIdIsMadeOfQuietCharacters(@ForAll("ids") String id) {
    String frame = "{\"type\":\"join\",\"session_id\":" + ClientFrames.escaped(id) + "}";
    if (id.matches("[A-Za-z0-9._:@-]{1,128}")) {
      assertEquals(Optional.of(id), ((Join) FrameDecoder.decode(frame)).sessionId());
    } else {
      assertEquals(ErrorCode.INVALID_SESSION_ID, refusal(frame).code());
    }
  }

  @Provide
  Arbitrary<ClientFrame> frames() {
    return ClientFrames.all();
  }

  @Provide
  Arbitrary<String> cursors() {
    BigInteger edge = BigInteger.ONE.shiftLeft(63);
    return Arbitraries.oneOf(
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.bigIntegers()
            .between(edge.subtract(BigInteger.TEN), edge.add(BigInteger.TEN))
            .map(String::valueOf),
        Arbitraries.strings().withChars("0123456789+-.eE _\u0661\uff11").ofMaxLength(8),
        Combinators.combine(
                Arbitraries.integers().between(0, 40), Arbitraries.longs().greaterOrEqual(0))
            .as((zeros, n) -> "0".repeat(zeros) + n));
  }

  @Provide
  Arbitrary<String> anyText() {
    Arbitrary<Character> awkward =
        Arbitraries.of(
            '\0', '\ud83c', '\udf0a', '\ud800', '\udfff', '"', '\\', '\n', 'a', '\uffff');
    return awkward.list().ofMinSize(1).ofMaxSize(4).map(FrameDecoderTest::join);
  }

  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withChars("azAZ09._:@-")
        .withChars(" /\n\u0000é\u0661")
        .ofMaxLength(4)
        .map(s -> s.length() == 4 && s.charAt(0) == 'a' ? s.repeat(33) : s);
  }

  private static String join(Iterable<Character> characters) {
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }

  private static void assertSince(OptionalLong expected, String json) {
    String frame = "{\"type\":\"join\",\"since\":" + json + "}";
    if (expected.isPresent()) {
      assertEquals(expected, ((Join) FrameDecoder.decode(frame)).since());
    } else {
      assertEquals(ErrorCode.INVALID_SINCE, refusal(frame).code());
    }
  }

  private static BadFrameException refusal(String text) {
    return assertThrows(BadFrameException.class, () -> FrameDecoder.decode(text), text);
  }

  private static void requireAnAnswer(String text) {
    try {
      FrameDecoder.decode(text);
    } catch (BadFrameException refusal) {
      assertTrue(refusal.getMessage().length() < 400, refusal.getMessage());
    }
  }
}
