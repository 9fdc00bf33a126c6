package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.Charge;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.config.MemorySettings;
import dev.tidemark.config.Settings;
import dev.tidemark.config.WireSettings;
import dev.tidemark.ops.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A message in parts is charged while it grows, and nothing of it stays charged. */
final class PartialFrameTest {
  private static final long SHARE = 102_400;
  private static final String PART = "x".repeat(100);

  private final Charge charge =
      new NodeMemory(
              Settings.of(
                  key ->
                      Optional.ofNullable(
                          Map.of(
                                  MemorySettings.NODE_BYTES.key(), "" + 2 * SHARE,
                                  MemorySettings.PRINCIPAL_BYTES.key(), "" + SHARE,
                                  WireSettings.MAX_PAYLOAD_BYTES.key(), "1024")
                              .get(key))),
              new Metrics() {})
          .open(
              new Caller(
                  "alice",
                  Set.of(Role.USER),
                  "default",
                  Authentication.LOCAL,
                  "192.0.2.7",
                  Optional.empty()));
  private final PartialFrame partial = new PartialFrame(charge);

  @Test
  void partsMakeTheMessageWhichIsChargedForWhatItIs() {
    assertTrue(partial.add(PART, PART.length()));
    assertEquals(4L * PART.length(), charge.bytes());
    assertTrue(partial.add("\u20ac", 3));
    assertEquals(PART.length() + 3 + 1, partial.bytesWith(1));
    Mailbox.Waiting whole = partial.end("y").orElseThrow();
    assertEquals(Optional.of(PART + "\u20acy"), whole.text());
    assertEquals(whole.heapBytes(), charge.bytes());
    assertEquals(1, partial.bytesWith(1));
    assertEquals(Optional.of("next"), partial.end("next").orElseThrow().text());
  }

  @Test
  void aPartForWhichThereIsNoHeapIsNotTaken() {
    assertTrue(charge.take(SHARE - 4L * PART.length()));
    assertTrue(partial.add(PART, PART.length()));
    assertFalse(partial.add("x", 1));
    assertEquals(PART.length(), partial.bytesWith(0));
    assertEquals(SHARE, charge.bytes());
  }

  @Test
  void anEndForWhichThereIsNoHeapGivesBackWhatItsPartsHad() {
    assertTrue(charge.take(SHARE - 4));
    assertTrue(partial.add("x", 1));
    assertTrue(partial.end(PART).isEmpty());
    assertEquals(SHARE - 4, charge.bytes());
  }

  /** The connection has ended, while the server's callback still brings parts. */
  @Test
  void whatArrivesAfterTheDropIsNotKept() {
    assertTrue(partial.add(PART, PART.length()));
    partial.drop();
    assertEquals(0, charge.bytes());
    assertTrue(partial.add(PART, PART.length()));
    assertEquals(0, charge.bytes());
    assertEquals(0, partial.bytesWith(0));
  }
}
