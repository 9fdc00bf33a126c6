package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The heap for clients is a part of what there is, and has room for the largest message. */
final class MemorySettingsTest {
  private static final long MEGABYTE = 1L << 20;
  private static final String NODE = MemorySettings.NODE_BYTES.key();
  private static final String PRINCIPAL = MemorySettings.PRINCIPAL_BYTES.key();
  private static final String PAYLOAD = WireSettings.MAX_PAYLOAD_BYTES.key();

  private static Settings with(Map<String, String> set) {
    return Settings.of(key -> Optional.ofNullable(set.get(key)));
  }

  @Test
  void aQuarterOfTheHeapIsForClientsAndHalfOfThatForOne() {
    Settings defaults = with(Map.of());
    assertEquals(192 * MEGABYTE, MemorySettings.nodeBytes(defaults, 768 * MEGABYTE));
    assertEquals(96 * MEGABYTE, MemorySettings.principalBytes(defaults, 768 * MEGABYTE));
  }

  @Test
  void aSmallHeapStillHasRoomForTheLargestMessage() {
    Settings defaults = with(Map.of());
    assertEquals(50 * MEGABYTE, MemorySettings.principalBytes(defaults, 128 * MEGABYTE));
  }

  @Test
  void whatIsSetCounts() {
    Settings set = with(Map.of(NODE, "300000", PRINCIPAL, "200000", PAYLOAD, "4000"));
    assertEquals(300_000, MemorySettings.nodeBytes(set, 768 * MEGABYTE));
    assertEquals(200_000, MemorySettings.principalBytes(set, 768 * MEGABYTE));
  }

  @Test
  void aShareBelowTheLargestMessageOrAboveAllIsRefused() {
    assertRefused(Map.of(PRINCIPAL, "199999", PAYLOAD, "4000"), "may take 200000 bytes of heap");
    assertRefused(Map.of(NODE, "399999", PAYLOAD, "4000"), "may take 200000 bytes of heap");
    assertDoesNotThrow(() -> with(Map.of(NODE, "400000", PAYLOAD, "4000")));
    assertRefused(
        Map.of(NODE, "300000", PRINCIPAL, "300001", PAYLOAD, "4000"), "must not be above " + NODE);
  }

  private static void assertRefused(Map<String, String> set, String words) {
    String message = assertThrows(IllegalArgumentException.class, () -> with(set)).getMessage();
    assertTrue(message.contains(words), message);
  }
}
