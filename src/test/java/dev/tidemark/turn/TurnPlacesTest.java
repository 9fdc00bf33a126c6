package dev.tidemark.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.log.Sender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who gets the places for running turns, whatever the order in which they come. */
final class TurnPlacesTest {
  private static final int PLACES = 16;
  private static final int OF_SENDER = 4;
  private static final int OF_TENANT = 12;
  private static final long HEAP = 1_000;
  private static final Sender ALICE = new Sender("one", "alice");
  private static final Sender BOB = new Sender("one", "bob");
  private static final Sender CAROL = new Sender("two", "carol");

  private final AtomicLong clock = new AtomicLong();
  private final TurnPlaces places = places(PLACES, OF_SENDER, OF_TENANT);
  private final Map<Sender, List<TurnPlaces.Place>> taken = new HashMap<>();
  private long newest;

  @Test
  void oneAloneGetsItsShareAndNoMore() {
    offer(ALICE, 3);
    take();
    assertEquals(3, count(ALICE));
    offer(ALICE, 4);
    take();
    assertEquals(OF_SENDER, count(ALICE));
    assertEquals(3, places.waiting());
    giveBack(ALICE);
    take();
    assertEquals(OF_SENDER, count(ALICE));
    assertEquals(2, places.waiting());
  }

  @Test
  void theSharesShrinkWithWhatOthersLeaveAndThereIsAPlaceForTheNextOne() {
    List<Integer> shares = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Sender greedy = new Sender("tenant-" + i, "greedy");
      offer(greedy, OF_SENDER);
      take();
      shares.add(count(greedy));
    }
    assertEquals(List.of(4, 3, 3, 2, 1, 1), shares); // four that took four each left none
    Sender newcomer = new Sender("late", "newcomer");
    offer(newcomer, 1);
    take();
    assertEquals(1, count(newcomer));
    assertTrue(total() < PLACES);
  }

  @Test
  void aTenantOfManyPrincipalsLeavesRoomForAnother() {
    for (int i = 0; i < 40; i++) {
      offer(new Sender("one", "p-" + i), OF_SENDER);
    }
    take();
    assertEquals(OF_TENANT, total());
    offer(CAROL, 2);
    take();
    assertEquals(1, count(CAROL), "the quarter of the four places that the other leaves");
    assertEquals(OF_TENANT + 1, total());
  }

  @Test
  void aFreePlaceGoesToWhoHasTheFewestWhoeverCameFirst() {
    offer(ALICE, OF_SENDER);
    take();
    offer(ALICE, 1);
    offer(BOB, 1);
    giveBack(ALICE);
    places.take().ifPresent(this::note);
    assertEquals(1, count(BOB));
  }

  @Test
  void amongEqualsItGoesToWhoWasServedLongestAgo() {
    TurnPlaces one = places(1, 1, 1);
    List<Sender> served = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (Sender sender : List.of(ALICE, BOB, CAROL)) {
        one.offer(newest++, sender);
      }
    }
    for (int i = 0; i < 3; i++) {
      TurnPlaces.Place place = one.take().orElseThrow();
      served.add(place.sender());
      one.offer(newest++, place.sender());
      one.giveBack(place, Optional.empty());
    }
    assertEquals(List.of(ALICE, BOB, CAROL), served);
  }

  @Test
  void inEveryOrderOfArrivalEachPrincipalRunsAndNobodyIsOverItsShare() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      TurnPlaces any = places(PLACES, OF_SENDER, OF_TENANT);
      Map<Sender, Integer> running = new HashMap<>();
      List<TurnPlaces.Place> held = new ArrayList<>();
      for (int step = 0; step < 300; step++) {
        Sender sender = random.nextInt(10) == 0 ? BOB : random.nextBoolean() ? ALICE : CAROL;
        any.offer(step, sender);
        if (random.nextInt(4) == 0 && !held.isEmpty()) {
          TurnPlaces.Place back = held.remove(random.nextInt(held.size()));
          running.merge(back.sender(), -1, Integer::sum);
          any.giveBack(back, Optional.empty());
        }
        for (var place = any.take(); place.isPresent(); place = any.take()) {
          held.add(place.get());
          int now = running.merge(place.get().sender(), 1, Integer::sum);
          assertTrue(now <= OF_SENDER, "seed " + seed);
        }
        assertTrue(running.getOrDefault(sender, 0) >= 1, "seed " + seed + ": waits at " + step);
      }
    }
  }

  @Test
  void aSessionIsInLineOnceAndMovesToTheLineOfTheSenderWhoIsNext() {
    offer(ALICE, OF_SENDER);
    take();
    places.offer(100, ALICE);
    places.offer(100, ALICE);
    assertEquals(1, places.waiting());
    places.offer(100, BOB);
    assertEquals(1, places.waiting());
    take();
    assertEquals(1, count(BOB));
  }

  @Test
  void aLineIsNoLongerThanItsShare() {
    offer(ALICE, 1_000);
    assertEquals(OF_SENDER, places.waiting());
    take();
    offer(ALICE, 1);
    assertEquals(1, places.waiting());
  }

  @Test
  void theLongestWaitIsThatOfTheFirstInLine() {
    offer(ALICE, OF_SENDER);
    take();
    assertEquals(0, places.longestWaitNanos());
    offer(ALICE, 1);
    clock.addAndGet(7);
    offer(ALICE, 1);
    assertEquals(7, places.longestWaitNanos());
  }

  @Test
  void anAgentThatIsLeftBehindKeepsItsPlaceAndItsSessionGoesOn() {
    places.offer(1, ALICE);
    TurnPlaces.Place left = places.take().orElseThrow();
    places.leaveBehind(1);
    assertTrue(places.isIdle());
    places.offer(1, ALICE);
    TurnPlaces.Place next = places.take().orElseThrow();
    offer(ALICE, OF_SENDER);
    take();
    assertEquals(OF_SENDER - 2, count(ALICE));
    places.giveBack(left, Optional.of(ALICE));
    take();
    assertEquals(OF_SENDER - 1, count(ALICE));
    places.giveBack(next, Optional.empty());
  }

  @Test
  void theTurnsOfASenderHoldTheirShareOfTheHeapAndNoMore() {
    offer(ALICE, 3);
    take();
    List<TurnPlaces.Place> alices = taken.get(ALICE);
    assertTrue(places.reserve(alices.get(0), 300));
    assertTrue(places.reserve(alices.get(2), 150));
    assertFalse(places.reserve(alices.get(1), 200));
    assertEquals(450, places.heapBytes());
    places.giveBack(alices.get(1), Optional.of(ALICE));
    assertEquals(Optional.empty(), places.take(), "it waits for room, not only for a place");
    places.giveBack(alices.get(2), Optional.empty());
    assertSame(alices.get(1), places.take().orElseThrow());
    assertEquals(300, places.heapBytes());
  }

  @Test
  void theShareOfTheHeapIsThatOfWhatOthersLeaveAndThereIsSomeForTheNextOne() {
    for (int i = 0; i < 6; i++) {
      Sender greedy = new Sender("tenant-" + i, "greedy");
      TurnPlaces.Place place = place(greedy);
      long most = HEAP;
      while (!places.reserve(place, most)) {
        most--;
      }
      assertTrue(most > 0, "sender " + i);
      assertTrue(places.heapBytes() < HEAP || i == 0, "sender " + i);
      places.settle(place, Math.min(most, HEAP / 2));
    }
    assertTrue(places.reserve(place(BOB), 1));
  }

  @Test
  void aTurnThatIsLargerThanAShareRunsWhereItsSenderHasNoOther() {
    TurnPlaces.Place small = place(BOB);
    assertTrue(places.reserve(small, 50));
    TurnPlaces.Place large = place(ALICE);
    assertTrue(places.reserve(large, 700));
    assertTrue(places.reserve(large, 700), "a writer may ask twice");
    assertEquals(750, places.heapBytes());
    assertFalse(places.reserve(place(CAROL), 126), "half of what is left");
    assertTrue(places.reserve(place(CAROL), 125));
    places.giveBack(large, Optional.empty());
    assertFalse(places.reserve(place(ALICE), 701), "the last quarter is for others");
  }

  @Test
  void whatATurnReallyHoldsCounts() {
    TurnPlaces.Place first = place(ALICE);
    assertTrue(places.reserve(first, 500));
    TurnPlaces.Place second = place(ALICE);
    assertFalse(places.reserve(second, 100));
    assertFalse(places.settle(first, 100), "nobody waits");
    assertTrue(places.reserve(second, 100));
    offer(ALICE, 1);
    assertTrue(places.settle(first, 50));
    assertFalse(places.settle(first, 50));
    places.grow(first, 2_000);
    assertEquals(2_150, places.heapBytes());
    assertEquals(Optional.empty(), places.take(), "its answer has grown above the share");
    assertTrue(places.reserve(place(BOB), 300), "others do not wait for that");
    giveBack(BOB);
    places.giveBack(first, Optional.empty());
    places.grow(first, 10);
    places.giveBack(second, Optional.empty());
    assertEquals(0, places.heapBytes());
    take();
    assertEquals(3, count(ALICE));
  }

  private TurnPlaces places(int all, int ofSender, int ofTenant) {
    return new TurnPlaces(all, ofSender, ofTenant, new TurnMemory(HEAP, HEAP / 2), clock::get);
  }

  private TurnPlaces.Place place(Sender sender) {
    offer(sender, 1);
    TurnPlaces.Place place = places.take().orElseThrow();
    note(place);
    return place;
  }

  private void offer(Sender sender, int sessions) {
    for (int i = 0; i < sessions; i++) {
      places.offer(newest++, sender);
    }
  }

  private void take() {
    for (var place = places.take(); place.isPresent(); place = places.take()) {
      note(place.get());
    }
  }

  private void note(TurnPlaces.Place place) {
    taken.computeIfAbsent(place.sender(), sender -> new ArrayList<>()).add(place);
  }

  private void giveBack(Sender sender) {
    places.giveBack(taken.get(sender).remove(0), Optional.empty());
  }

  private int count(Sender sender) {
    return taken.getOrDefault(sender, List.of()).size();
  }

  private int total() {
    return taken.values().stream().mapToInt(List::size).sum();
  }
}
