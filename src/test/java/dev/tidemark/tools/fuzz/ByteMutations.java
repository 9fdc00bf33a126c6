package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.testing.client.WireFrame;
import dev.tidemark.tools.fuzz.HostileFrame.Then;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Breaks a frame as bytes: RFC 6455 and UTF-8. */
final class ByteMutations {
  private static final List<byte[]> NO_UTF_8 =
      List.of(
          new byte[] {(byte) 0xff},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
          new byte[] {(byte) 0xe2, (byte) 0x82});
  private static final List<Integer> CLOSE_CODES =
      List.of(0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4001, 4999, 65_535);

  private ByteMutations() {}

  static HostileFrame of(long number, Dice dice, String text) {
    byte[] payload = text.getBytes(UTF_8);
    WireFrame whole = WireFrame.of(WireFrame.TEXT, payload);
    return switch (dice.below(18)) {
      case 0 -> broken(number, "unmasked", whole.unmasked().bytes());
      case 1 ->
          broken(number, "reserved bits", whole.withFirst(0x81 | dice.from(1, 7) << 4).bytes());
      case 2 ->
          broken(number, "opcode", whole.withFirst(0x80 | dice.oneOf(3, 5, 7, 11, 15)).bytes());
      case 3 -> broken(number, "long length", whole.declaring(8, payload.length).bytes());
      case 4 -> broken(number, "lying length", whole.declaring(8, lie(dice)).bytes());
      case 5 -> broken(number, "short length", whole.declaring(2, payload.length / 2).bytes());
      case 6, 7 -> notUtf8(number, dice, payload);
      case 8, 9 -> fragmented(number, dice, payload, false);
      case 10 -> fragmented(number, dice, payload, true);
      case 11 -> broken(number, "unfinished", whole.withFirst(WireFrame.TEXT).bytes());
      case 12 -> broken(number, "continuation of nothing", whole.withFirst(0x80).bytes());
      case 13 -> control(number, dice);
      case 14 -> close(number, dice);
      case 15 -> kept(number, "binary", WireFrame.of(WireFrame.BINARY, payload).bytes());
      case 16 -> flipped(number, dice, whole.bytes());
      default -> truncated(number, dice, whole.bytes());
    };
  }

  private static HostileFrame broken(long number, String kind, byte[] bytes) {
    return new HostileFrame(number, kind, bytes, false, Then.GO_ON);
  }

  private static HostileFrame kept(long number, String kind, byte[] bytes) {
    return new HostileFrame(number, kind, bytes, true, Then.GO_ON);
  }

  private static long lie(Dice dice) {
    return dice.oneOf(-1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, 1L << 32, 1L << 20);
  }

  private static HostileFrame notUtf8(long number, Dice dice, byte[] payload) {
    byte[] bad = dice.oneOf(NO_UTF_8);
    int at = dice.below(payload.length + 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload, 0, at);
    out.writeBytes(bad);
    out.write(payload, at, payload.length - at);
    return broken(number, "no UTF-8", WireFrame.of(WireFrame.TEXT, out.toByteArray()).bytes());
  }

  /** In parts, cut anywhere, also within a character; with other frames in between. */
  private static HostileFrame fragmented(
      long number, Dice dice, byte[] payload, boolean withIntruder) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int part = dice.from(1, Math.max(1, payload.length / 3));
    for (int from = 0; from < payload.length; from += part) {
      int until = Math.min(payload.length, from + part);
      int opcode = from == 0 ? WireFrame.TEXT : WireFrame.CONTINUATION;
      int last = until == payload.length ? WireFrame.FINAL : 0;
      byte[] piece = Arrays.copyOfRange(payload, from, until);
      out.writeBytes(WireFrame.of(opcode, piece).withFirst(last | opcode).bytes());
      if (last == 0 && dice.onceIn(3)) {
        out.writeBytes(WireFrame.of(WireFrame.PING, dice.bytes(4)).bytes());
      }
      if (last == 0 && withIntruder) {
        out.writeBytes(WireFrame.of(WireFrame.TEXT, piece).bytes());
      }
    }
    return new HostileFrame(
        number,
        withIntruder ? "a message within a message" : "fragmented",
        out.toByteArray(),
        !withIntruder,
        Then.GO_ON);
  }

  private static HostileFrame control(long number, Dice dice) {
    int opcode = dice.oneOf(WireFrame.PING, WireFrame.PONG);
    return switch (dice.below(4)) {
      case 0 -> broken(number, "large ping", WireFrame.of(opcode, dice.bytes(126)).bytes());
      case 1 ->
          broken(
              number,
              "unfinished ping",
              WireFrame.of(opcode, dice.bytes(4)).withFirst(opcode).bytes());
      default ->
          kept(number, "ping", WireFrame.of(opcode, dice.bytes(dice.oneOf(0, 1, 125))).bytes());
    };
  }

  private static HostileFrame close(long number, Dice dice) {
    int code = dice.oneOf(CLOSE_CODES);
    byte[] codeBytes = {(byte) (code >> 8), (byte) code};
    byte[] payload =
        switch (dice.below(5)) {
          case 0 -> new byte[0];
          case 1 -> new byte[] {3};
          case 2 -> new byte[] {codeBytes[0], codeBytes[1], (byte) 0xff};
          default -> codeBytes;
        };
    return broken(number, "close " + code, WireFrame.of(WireFrame.CLOSE, payload).bytes());
  }

  private static HostileFrame flipped(long number, Dice dice, byte[] bytes) {
    for (int i = dice.from(1, 4); i > 0; i--) {
      bytes[dice.below(bytes.length)] ^= (byte) (1 << dice.below(8));
    }
    return broken(number, "flipped bits", bytes);
  }

  private static HostileFrame truncated(long number, Dice dice, byte[] bytes) {
    return new HostileFrame(
        number,
        "truncated",
        Arrays.copyOf(bytes, dice.below(bytes.length)),
        false,
        dice.oneOf(Then.CUT, Then.RESET, Then.HALF_CLOSE));
  }
}
