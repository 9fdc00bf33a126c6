package dev.tidemark.tools.fill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void itSaysHowFarHowFastAndHowLong() {
    ProgressBar bar = bar(false);
    bar.add(250);
    assertEquals(
        "[#######-----------------------]  25 %  250 events  50 a second  15 s left  ",
        bar.line(5 * SECOND));
    bar.add(750);
    assertEquals(
        "[##############################] 100 %  1,000 events  50 a second  20 s in all  ",
        bar.line(20 * SECOND));
  }

  @Test
  void elsewhereThanOnATerminalItIsALineEveryTenth() {
    ProgressBar bar = bar(false);
    for (int i = 0; i < 100; i++) {
      bar.add(10);
    }
    bar.end();
    assertEquals(10, printed.toString(StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void onATerminalItIsOneLineThatChanges() {
    ProgressBar bar = bar(true);
    bar.add(10);
    bar.end();
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("\r[") && text.lastIndexOf('\r') > 0, text);
    assertEquals(1, text.chars().filter(c -> c == '\n').count());
  }

  private ProgressBar bar(boolean terminal) {
    return new ProgressBar(new PrintStream(printed, true, StandardCharsets.UTF_8), terminal, 1_000);
  }
}
