package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The heap for clients is a part of what there is, and has room for the largest message. */
final class MemorySettingsTest {
  private static final long MEGABYTE = 1L << 20;
  private static final String NODE = MemorySettings.NODE_BYTES.key();
  private static final String PRINCIPAL = MemorySettings.PRINCIPAL_BYTES.key();
  private static final String TURNS = MemorySettings.TURN_BYTES.key();
  private static final String OF_SENDER = MemorySettings.TURN_PRINCIPAL_BYTES.key();
  private static final String STATE = SessionSettings.STATE_BYTES.key();
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

  @Test
  void anEighthOfTheHeapIsForTurnsOrWhatTwoMayTake() {
    Settings small = with(Map.of(PAYLOAD, "4000", STATE, "2000"));
    assertEquals(96 * MEGABYTE, MemorySettings.turnBytes(small, 768 * MEGABYTE));
    assertEquals(32 * MEGABYTE, MemorySettings.turnPrincipalBytes(small, 768 * MEGABYTE));
    assertEquals(600_000, MemorySettings.turnBytes(small, MEGABYTE));
    Settings set = with(Map.of(PAYLOAD, "4000", STATE, "2000", TURNS, "500000", OF_SENDER, "7"));
    assertEquals(500_000, MemorySettings.turnBytes(set, 768 * MEGABYTE));
    assertEquals(7, MemorySettings.turnPrincipalBytes(set, 768 * MEGABYTE));
  }

  @Test
  void turnsThatNeverHaveRoomAreRefused() {
    Map<String, String> small = Map.of(PAYLOAD, "4000", STATE, "2000");
    assertRefused(and(small, TURNS, "399999"), "the largest turn, which may take 300000");
    assertDoesNotThrow(() -> with(and(small, TURNS, "400000")));
    assertRefused(
        and(and(small, TURNS, "400000"), OF_SENDER, "400001"), "must not be above " + TURNS);
  }

  private static Map<String, String> and(Map<String, String> set, String key, String value) {
    Map<String, String> more = new HashMap<>(set);
    more.put(key, value);
    return more;
  }

  private static void assertRefused(Map<String, String> set, String words) {
    String message = assertThrows(IllegalArgumentException.class, () -> with(set)).getMessage();
    assertTrue(message.contains(words), message);
  }
}
