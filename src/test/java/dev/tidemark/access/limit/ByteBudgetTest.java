package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Bytes are shared fairly, never more than there are, and none is lost. */
final class ByteBudgetTest {
  private static final long NODE = 1_000;
  private static final long SHARE = 500;

  private final AtomicInteger refused = new AtomicInteger();
  private final ByteBudget budget = new ByteBudget(NODE, SHARE, refused::incrementAndGet);

  /** A connection of a principal, which closes when it is told to. */
  private Charge connection(String principal) {
    Charge[] charge = new Charge[1];
    charge[0] = budget.open(principal, () -> charge[0].close());
    return charge[0];
  }

  @Example
  void oneTakesItsShareAndNoByteMore() {
    Charge charge = connection("a");
    assertTrue(charge.take(SHARE));
    assertFalse(charge.take(1));
    assertFalse(connection("a").take(1));
    assertEquals(2, refused.get());
    charge.give(1);
    assertTrue(charge.take(1));
    assertEquals(SHARE, budget.taken());
  }

  @Example
  void whoAsksForLittleGetsItHoweverManyTakeAllTheyCan() {
    List<Charge> hostile = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (int socket = 0; socket < 20; socket++) {
        hostile.add(connection("hostile " + i));
        hostile.get(hostile.size() - 1).take(25);
      }
    }
    for (Charge charge : hostile) {
      while (charge.take(1)) {}
    }
    assertTrue(budget.taken() > NODE * 3 / 4);
    assertTrue(connection("ordinary").take(NODE / 60));
    assertTrue(budget.taken() <= NODE);
  }

  @Example
  void whoHoldsTheMostIsShedAndOthersAreNot() {
    Charge most = connection("a");
    Charge ofTheSame = connection("a");
    Charge modest = connection("b");
    assertTrue(most.take(400));
    assertTrue(ofTheSame.take(100));
    assertTrue(modest.take(250));
    assertTrue(connection("c").take(250)); // all are taken now
    assertTrue(connection("d").take(100));
    assertEquals(0, most.bytes());
    assertEquals(100, ofTheSame.bytes());
    assertEquals(250, modest.bytes());
    assertEquals(700, budget.taken());
  }

  @Example
  void whoIsOverTheFairShareIsRefusedAndShedsNobody() {
    Charge first = connection("a");
    assertTrue(first.take(500));
    assertTrue(connection("b").take(250));
    Charge third = connection("c");
    assertTrue(third.take(250));
    assertFalse(third.take(250));
    assertEquals(500, first.bytes());
  }

  @Example
  void noMoreAreShedThanAreNeededWhileTheyAreOnTheirWay() {
    AtomicInteger told = new AtomicInteger();
    List<Charge> slow = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      slow.add(budget.open("a", told::incrementAndGet));
      assertTrue(slow.get(i).take(100));
    }
    assertTrue(budget.open("b", null).take(500)); // cannot be told to go
    Charge other = connection("c");
    assertFalse(other.take(100));
    assertFalse(other.take(100));
    assertEquals(1, told.get());
    assertFalse(other.take(150));
    assertEquals(2, told.get());
    slow.forEach(Charge::close);
    assertTrue(other.take(150));
  }

  /** Its failure is none of the asker's, and it does not count as leaving for ever. */
  @Example
  void oneThatCannotBeToldToGoIsToldAgainByTheNextWhoAsks() {
    int[] told = {0};
    Charge[] most = new Charge[1];
    most[0] =
        budget.open(
            "a",
            () -> {
              told[0]++;
              if (told[0] == 1) {
                throw new OutOfMemoryError("as told");
              }
              most[0].close();
            });
    assertTrue(most[0].take(500));
    assertTrue(budget.open("b", null).take(500)); // cannot be told to go
    Charge other = connection("c");
    assertFalse(other.take(100));
    assertEquals(1, refused.get());
    assertTrue(other.take(100));
    assertEquals(2, told[0]);
  }

  @Example
  void whatIsInUseAlreadyCountsEvenAboveTheBudget() {
    Charge charge = connection("a");
    assertTrue(charge.hasRoomFor(SHARE));
    charge.overdraw(2 * NODE);
    assertFalse(charge.hasRoomFor(1));
    assertFalse(connection("b").take(NODE));
    charge.give(2 * NODE);
    assertEquals(0, budget.taken());
  }

  @Example
  void whatIsOnlyKeptTakesHalfOfAShareAndNothingInACrowd() {
    Charge charge = connection("a");
    assertTrue(charge.takeSpare(SHARE / 2));
    assertFalse(charge.takeSpare(1));
    assertTrue(charge.take(SHARE / 2));
    assertTrue(connection("b").takeSpare(NODE / 4));
    assertFalse(connection("c").takeSpare(1));
    assertEquals(0, refused.get());
  }

  @Example
  void roomIsMadeForOneWhoTakesItLater() {
    connection("a").take(500);
    connection("b").take(500);
    Charge charge = connection("c");
    assertFalse(charge.hasRoomFor(100));
    charge.makeRoomFor(100);
    assertTrue(charge.hasRoomFor(100));
    assertEquals(0, refused.get());
  }

  @Example
  void aClosedChargeHoldsNothingAndTakesNothing() {
    Charge charge = connection("a");
    assertTrue(charge.take(10));
    charge.close();
    charge.close();
    charge.give(10);
    charge.overdraw(10);
    assertFalse(charge.take(1));
    assertEquals(0, budget.taken());
    assertEquals(0, budget.accounts());
  }

  @Property(tries = 500)
  void theSumIsNeverAboveTheBudgetAndNothingIsLost(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 400) Integer> steps,
      @ForAll @LongRange(min = 1, max = 400) long bytes) {
    Charge[] charges = new Charge[12];
    for (int i = 0; i < charges.length; i++) {
      charges[i] = connection("principal " + i % 4);
    }
    for (int step : steps) {
      int at = step % charges.length;
      long amount = (step * 31L + bytes) % 300;
      switch (step % 5) {
        case 0 -> {
          charges[at].close();
          charges[at] = connection("principal " + at % 4);
        }
        case 1 -> charges[at].give(Math.min(amount, charges[at].bytes()));
        default -> charges[at].take(amount);
      }
      assertTrue(budget.taken() <= NODE);
      long sum = 0;
      for (int principal = 0; principal < 4; principal++) {
        long held = 0;
        for (int i = principal; i < charges.length; i += 4) {
          held += charges[i].bytes();
        }
        assertTrue(held <= SHARE);
        sum += held;
      }
      assertEquals(sum, budget.taken());
    }
    for (Charge charge : charges) {
      charge.close();
    }
    assertEquals(0, budget.taken());
    assertEquals(0, budget.accounts());
  }
}
