package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The heap of a frame is counted by its characters and by what its values take. */
final class FrameCostTest {
  private static final int LENGTH = 100_000;

  @Test
  void aCharacterTakesOneByteOrTwo() {
    assertEquals(LENGTH, FrameCost.ofText("a".repeat(LENGTH)) - FrameCost.ofText(""));
    assertEquals(2 * LENGTH, FrameCost.ofText("\u20ac".repeat(LENGTH)) - FrameCost.ofText(""));
    String mostlyAscii = "\u20ac" + "a".repeat(LENGTH - 1);
    assertEquals(2 * LENGTH, FrameCost.ofText(mostlyAscii) - FrameCost.ofText(""));
  }

  @Test
  void aTextCostsItsCopiesWhateverIsWrittenInIt() {
    long plain = FrameCost.ofHandling("{\"content\":\"" + "a".repeat(LENGTH) + "\"}");
    assertTrue(plain < 4 * LENGTH, plain + " bytes");
    assertEquals(plain, FrameCost.ofHandling("{\"content\":\"" + ",".repeat(LENGTH) + "\"}"));
    assertEquals(
        plain, FrameCost.ofHandling("{\"content\":\"" + "\\\"".repeat(LENGTH / 2) + "\"}"));
  }

  @Test
  void tinyValuesCostManyTimesTheirLength() {
    String numbers = "[" + "0,".repeat(LENGTH / 2) + "0]";
    assertTrue(FrameCost.ofHandling(numbers) > 40 * LENGTH);
  }

  @Test
  void nothingCostsMoreThanTheShareThatTheSettingsDemand() {
    for (String unit : new String[] {"0,", "[],", "{},", "[0],", "{\"\":0},", "\"\",", "1.5,"}) {
      String text = "[" + unit.repeat(LENGTH / unit.length()) + "0]";
      long cost = FrameCost.ofText(text) + FrameCost.ofHandling(text);
      assertTrue(cost < 50L * text.length(), unit + " costs " + cost / text.length());
    }
    String wide = "[\"\u20ac\"," + "0,".repeat(LENGTH / 2) + "0]";
    assertTrue(FrameCost.ofText(wide) + FrameCost.ofHandling(wide) < 50L * Utf8.length(wide));
  }
}
