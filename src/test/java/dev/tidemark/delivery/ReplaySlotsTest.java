package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two places, a clock that the test moves; the first letter of a client is its session. */
final class ReplaySlotsTest {
  private static final long PATIENCE = 50;

  private final List<String> ready = new ArrayList<>();
  private long now;
  private final ReplaySlots<String> turns =
      new ReplaySlots<>(2, PATIENCE, () -> now, client -> client.charAt(0), ready::add);

  @Test
  void soManyAsThereArePlacesGoOnAndTheOthersWait() {
    assertTrue(turns.isTurnOf("a1"));
    assertTrue(turns.isTurnOf("a2"));
    assertFalse(turns.isTurnOf("a3"));
    assertTrue(turns.isTurnOf("a1"), "who has a place keeps it");
    assertEquals(1, turns.waiting());
  }

  @Test
  void aPlaceThatIsLeftIsTheNextOnes() {
    fill("a1", "a2", "a3", "a4");
    turns.leave("a1");
    assertEquals(List.of("a3"), ready);
    assertTrue(turns.isTurnOf("a3"));
    assertEquals(1, turns.waiting());
  }

  @Test
  void sessionsAreServedInTurn() {
    fill("a1", "a2", "a3", "a4", "a5", "b1");
    turns.leave("a1");
    turns.leave("a2");
    turns.leave("a3");
    assertEquals(List.of("a3", "b1", "a4"), ready);
  }

  @Test
  void whoComesLateDoesNotOvertakeTheLine() {
    fill("a1", "a2", "a3");
    turns.leave("a1");
    assertFalse(turns.isTurnOf("a4"), "the place is kept for a3");
    assertEquals(List.of("a3"), ready);
  }

  @Test
  void whoDoesNotMoveLosesThePlaceAndLinesUpAgain() {
    fill("a1", "a2", "a3");
    now = PATIENCE - 1;
    assertTrue(turns.isTurnOf("a1"));
    turns.lookAgain();
    assertEquals(List.of(), ready, "not a moment too early");
    now = PATIENCE;
    turns.lookAgain();
    assertEquals(List.of("a3"), ready, "in the place of a2");
    assertTrue(turns.isTurnOf("a1"));
    assertFalse(turns.isTurnOf("a2"));
  }

  @Test
  void whoMovesNoMoreIsNoticedByWhoLinesUp() {
    fill("a1", "a2");
    now = PATIENCE;
    assertFalse(turns.isTurnOf("a3"));
    assertEquals(List.of("a3"), ready);
  }

  @Test
  void whoLeavesTheLineIsNotCalled() {
    fill("a1", "a2", "b1", "a3");
    turns.leave("b1");
    turns.leave("a1");
    assertEquals(List.of("a3"), ready);
    assertEquals(0, turns.waiting());
  }

  private void fill(String... clients) {
    for (String client : clients) {
      var unused = turns.isTurnOf(client);
    }
  }
}
