package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two slots, a clock that the test moves; the first letter of a client is its session. */
final class ReplaySlotsTest {
  private static final long PATIENCE = 50;

  private final List<String> ready = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();
  private long now;
  private final ReplaySlots<String> slots =
      new ReplaySlots<>(
          2,
          PATIENCE,
          () -> now,
          client -> client.charAt(0),
          ready::add,
          client -> gone.contains(client));

  @Test
  void asManyAsThereAreSlotsGoOnAndTheOthersWait() {
    assertTrue(slots.acquire("a1"));
    assertTrue(slots.acquire("a2"));
    assertFalse(slots.acquire("a3"));
    assertTrue(slots.acquire("a1"), "the holder of a slot keeps it");
    assertEquals(1, slots.waiting());
  }

  @Test
  void aFreedSlotGoesToTheNextInTheQueue() {
    fill("a1", "a2", "a3", "a4");
    slots.release("a1");
    assertEquals(List.of("a3"), ready);
    assertTrue(slots.acquire("a3"));
    assertEquals(1, slots.waiting());
  }

  @Test
  void sessionsAreServedAlternately() {
    fill("a1", "a2", "a3", "a4", "a5", "b1");
    slots.release("a1");
    slots.release("a2");
    slots.release("a3");
    assertEquals(List.of("a3", "b1", "a4"), ready);
  }

  @Test
  void aNewcomerDoesNotOvertakeTheQueue() {
    fill("a1", "a2", "a3");
    slots.release("a1");
    assertFalse(slots.acquire("a4"), "the slot is kept for a3");
    assertEquals(List.of("a3"), ready);
  }

  @Test
  void aHolderThatDoesNotMoveLosesItsSlotAndQueuesAgain() {
    fill("a1", "a2", "a3");
    now = PATIENCE - 1;
    assertTrue(slots.acquire("a1"));
    slots.reassign();
    assertEquals(List.of(), ready, "not a moment too early");
    now = PATIENCE;
    slots.reassign();
    assertEquals(List.of("a3"), ready, "in the slot of a2");
    assertTrue(slots.acquire("a1"));
    assertFalse(slots.acquire("a2"));
  }

  @Test
  void aNewcomerTakesTheSlotOfAHolderThatDoesNotMove() {
    fill("a1", "a2");
    now = PATIENCE;
    assertFalse(slots.acquire("a3"));
    assertEquals(List.of("a3"), ready);
  }

  @Test
  void aClientThatLeavesTheQueueIsNotMadeReady() {
    fill("a1", "a2", "b1", "a3");
    slots.release("b1");
    slots.release("a1");
    assertEquals(List.of("a3"), ready);
    assertEquals(0, slots.waiting());
  }

  /** It was looked at before it left, and asks for a slot after it gave all back. */
  @Test
  void aClientThatHasLeftTakesNeitherASlotNorAPlaceInTheQueue() {
    leave("a1");
    assertFalse(slots.acquire("a1"));
    fill("b1", "b2");
    leave("b3");
    assertFalse(slots.acquire("b3"));
    assertEquals(0, slots.waiting());
    slots.release("b1");
    slots.release("b2");
    assertTrue(slots.acquire("c1"));
    assertTrue(slots.acquire("c2"));
    assertEquals(List.of(), ready);
  }

  /** It is queued again, and neither the newcomer nor who leaves hears of it. */
  @Test
  void whoCannotBeMadeReadyKeepsItsPlaceAndCostsNobodyElseTheirs() {
    boolean[] errs = {true};
    ReplaySlots<String> erring =
        new ReplaySlots<>(
            1,
            PATIENCE,
            () -> now,
            client -> client.charAt(0),
            client -> {
              if (errs[0]) {
                throw new InternalError("of the test");
              }
              ready.add(client);
            },
            gone::contains);
    assertTrue(erring.acquire("a1"));
    assertFalse(erring.acquire("b1"));
    now = PATIENCE;
    assertFalse(erring.acquire("c1"), "the slot of a1 is for b1, which cannot be told");
    erring.release("a1");
    assertEquals(2, erring.waiting());
    assertThrows(InternalError.class, erring::reassign, "the scheduler says it");
    errs[0] = false;
    erring.reassign();
    assertEquals(1, ready.size());
    erring.release(ready.get(0));
    assertEquals(Set.of("b1", "c1"), new HashSet<>(ready));
  }

  /** Each of the steps by which a lane gets behind the others may be the one. */
  @Test
  void nobodyIsForgottenWhereMemoryRunsOutWhileASlotIsGiven() {
    for (int step = 1; step <= 3; step++) {
      ScarceLane lane = new ScarceLane();
      List<String> served = new ArrayList<>();
      ReplaySlots<String> scarce =
          new ReplaySlots<>(1, PATIENCE, () -> now, any -> lane, served::add, gone::contains);
      for (String client : List.of("a1", "a2", "a3", "a4")) {
        var unused = scarce.acquire(client);
      }
      lane.failAt(step);
      scarce.release("a1");
      lane.failAt(0);
      for (int i = 0; i < 6; i++) {
        now += PATIENCE;
        scarce.reassign();
      }
      assertEquals(Set.of("a2", "a3", "a4"), new HashSet<>(served), "step " + step);
      assertEquals(0, scarce.waiting());
    }
  }

  /** A look-up of this lane throws as often as its place in a map would want memory. */
  private static final class ScarceLane {
    private int steps;

    /** The number of the next look-up that throws; 0 for none. */
    void failAt(int step) {
      steps = step;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      if (steps > 0 && --steps == 0) {
        throw new OutOfMemoryError("as told");
      }
      return 1;
    }
  }

  private void leave(String client) {
    gone.add(client);
    slots.release(client);
  }

  private void fill(String... clients) {
    for (String client : clients) {
      var unused = slots.acquire(client);
    }
  }
}
