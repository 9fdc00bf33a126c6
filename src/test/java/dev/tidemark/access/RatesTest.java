package dev.tidemark.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** So many a minute for each, one more is told when to come back, and the memory is bounded. */
final class RatesTest {
  private static final int MANY = 10_000;

  @Test
  void oneMoreThanTheLimitWaitsAsLongAsItTakesToRefillOne() {
    Rates rates = new Rates(2, 100);
    assertEquals(OptionalLong.empty(), rates.take("a"));
    assertEquals(OptionalLong.empty(), rates.mustWait("a"), "a look takes nothing");
    assertEquals(OptionalLong.empty(), rates.take("a"));
    assertTrue(rates.mustWait("a").isPresent());
    long seconds = rates.take("a").orElseThrow();
    assertTrue(seconds >= 1 && seconds <= 31, seconds + " s, where 2 a minute are allowed");
  }

  @Test
  void whatOneHasUsedUpIsNoneOfTheOthersBusiness() {
    Rates rates = new Rates(1, 100);
    assertEquals(OptionalLong.empty(), rates.take("a"));
    assertTrue(rates.take("a").isPresent());
    assertEquals(OptionalLong.empty(), rates.take("b"));
  }

  @Test
  void aCrowdOfAddressesDoesNotGrowTheMemory() {
    Rates rates = new Rates(1, 100);
    for (int i = 0; i < MANY; i++) {
      var unused = rates.take("address-" + i);
    }
    assertTrue(rates.kept() <= 100, rates.kept() + " are kept");
  }

  @Test
  void placesAreGivenBackAndNobodyWithoutOneIsRemembered() {
    Places places = new Places(2);
    assertTrue(places.enter("a"));
    assertTrue(places.enter("a"));
    assertTrue(places.enter("b"));
    assertTrue(places.isFull("a") && !places.enter("a") && !places.isFull("b"));
    places.leave("a");
    assertTrue(places.enter("a"));
    places.leave("a");
    places.leave("a");
    places.leave("b");
    assertEquals(0, places.known());
  }
}
