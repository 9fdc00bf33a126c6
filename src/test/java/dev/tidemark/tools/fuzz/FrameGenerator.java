package dev.tidemark.tools.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.testing.client.WireFrame;
import dev.tidemark.tools.fuzz.HostileFrame.Then;

/** Makes up each frame of a seed: hostile as a protocol, as JSON, or as bytes. */
final class FrameGenerator {
  private final long seed;
  private final int maxPayloadBytes;

  /**
   * @param maxPayloadBytes the largest message that the gateway takes
   */
  FrameGenerator(long seed, int maxPayloadBytes) {
    this.seed = seed;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  HostileFrame frame(long number) {
    Dice dice = Dice.of(seed, "frame", number);
    int kind = dice.below(100);
    if (kind < 50) {
      return whole(number, "protocol", ProtocolFrames.text(dice), then(dice));
    } else if (kind < 75) {
      return whole(number, "json", JsonMutations.of(dice, ProtocolFrames.text(dice)), then(dice));
    } else if (kind < 80) {
      int length = maxPayloadBytes + dice.oneOf(-80, -1, 0, 1, 5_000);
      return whole(number, "size", message(length), then(dice));
    } else if (kind < 83) {
      return burst(number, dice);
    }
    return ByteMutations.of(number, dice, ProtocolFrames.text(dice));
  }

  private static HostileFrame whole(long number, String kind, String text, Then then) {
    byte[] payload = text.getBytes(UTF_8);
    return new HostileFrame(
        number, kind, WireFrame.of(WireFrame.TEXT, payload).bytes(), true, then);
  }

  /** A message whose frame has this many bytes. */
  private static String message(int bytes) {
    String frame =
        "{\"type\":\"message\",\"metadata\":{\"echo\":{\"token_delay_ms\":0}},\"content\":\"";
    return frame + "x".repeat(bytes - frame.length() - 2) + "\"}";
  }

  /** Several frames at once: joins while joining, messages while leaving. */
  private static HostileFrame burst(long number, Dice dice) {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    for (int i = dice.from(2, 12); i > 0; i--) {
      byte[] payload = ProtocolFrames.text(dice).getBytes(UTF_8);
      bytes.writeBytes(WireFrame.of(WireFrame.TEXT, payload).bytes());
    }
    return new HostileFrame(number, "burst", bytes.toByteArray(), true, then(dice));
  }

  private static Then then(Dice dice) {
    return switch (dice.below(160)) {
      case 0, 1 -> Then.CUT;
      case 2, 3 -> Then.RESET;
      case 4 -> Then.HALF_CLOSE;
      default -> Then.GO_ON;
    };
  }
}
