package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** The bodies of hostile calls: what an operation takes, broken in most ways. */
final class CallBodies {
  private static final List<String> GOOD =
      List.of(
          "{\"type\":\"broadcast\",\"data\":{\"a\":[1,\"b\",null]}}",
          "{\"type\":\"broadcast\",\"data\":{},\"event_id\":\"6f1c2f0e-7a35-4b0e-9f63-1d0c1c9a5b11\"}",
          "{\"type\":\"message\",\"data\":{}}",
          "{\"access\":\"read\"}",
          "{\"access\":\"write\"}",
          "{\"why\":\"a fuzz\"}",
          "{\"principal\":\"mallory\",\"why\":\"a fuzz\"}",
          "{\"provider_session\":\"nobody\"}",
          "{}",
          "",
          "logout_token=eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
          "j_username=mallory&j_password=wrong");

  private CallBodies() {}

  static byte[] of(Dice dice) {
    String good = dice.oneOf(GOOD);
    return switch (dice.below(12)) {
      case 0 -> good.getBytes(UTF_16);
      case 1 -> dice.bytes(dice.below(200));
      case 2 -> padded(dice, good);
      case 3, 4, 5 -> JsonMutations.of(dice, good).getBytes(UTF_8);
      default -> good.getBytes(UTF_8);
    };
  }

  /** About as large as an event may be, or much larger. */
  private static byte[] padded(Dice dice, String good) {
    return good.replaceFirst("\\{", "{\"x\":\"" + "y".repeat(dice.oneOf(15_000, 60_000)) + "\",")
        .getBytes(UTF_8);
  }

  /** In chunks, some of whose lengths are wrong. */
  static byte[] chunked(Dice dice, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int size = Math.max(1, body.length / dice.from(1, 4));
    for (int from = 0; from < body.length; from += size) {
      byte[] chunk = Arrays.copyOfRange(body, from, Math.min(body.length, from + size));
      String length = dice.onceIn(30) ? dice.oneOf("x", "-1", "fffffffffffffffff") : hex(chunk);
      out.writeBytes((length + (dice.onceIn(9) ? ";x=y" : "") + "\r\n").getBytes(ISO_8859_1));
      out.writeBytes(chunk);
      out.writeBytes("\r\n".getBytes(ISO_8859_1));
    }
    out.writeBytes((dice.onceIn(9) ? "0\r\nX: y\r\n\r\n" : "0\r\n\r\n").getBytes(ISO_8859_1));
    return out.toByteArray();
  }

  private static String hex(byte[] chunk) {
    return Integer.toHexString(chunk.length);
  }
}
