package dev.tidemark.access.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TallyTest {
  private final Tally<String> tally = new Tally<>(2);

  @Test
  void equalThingsAreOneCountWithTheFirstAndTheLastTime() {
    tally.add("a", 10);
    tally.add("b", 20);
    tally.add("a", 30);
    assertEquals(
        List.of("a 2 from 10 to 30", "b 1 from 20 to 20"),
        tally.take().stream()
            .map(c -> c.what + " " + c.times + " from " + c.firstNanos + " to " + c.lastNanos)
            .toList());
    assertEquals(List.of(), tally.take());
  }

  @Test
  void aDifferentThingAboveTheLimitIsNotCountedAndAnEqualOneIs() {
    assertTrue(tally.add("a", 1));
    assertTrue(tally.add("b", 2));
    assertFalse(tally.add("c", 3));
    assertTrue(tally.add("b", 4));
    assertEquals(List.of("a", "b"), tally.take().stream().map(c -> c.what).toList());
    assertTrue(tally.add("c", 5), "there is room again");
  }
}
