package dev.tidemark.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits to be written is there until it is, and no more of it than there is room for. */
final class WaitingTest {
  private final Waiting<String> waiting = new Waiting<>(2);

  @Test
  void whatIsNotDoneIsThereAgain() {
    waiting.add("a");
    assertEquals(List.of("a"), waiting.all());
    waiting.add("b");
    assertEquals(List.of("a", "b"), waiting.all());
    waiting.done(1);
    assertEquals(List.of("b"), waiting.all());
  }

  @Test
  void theLastThatFitsIsTakenAndOneMoreIsRefusedAndCounted() {
    assertTrue(waiting.add("a"));
    assertTrue(waiting.add("b"));
    assertFalse(waiting.add("c"));
    assertEquals(1, waiting.refused());
    waiting.done(1);
    assertTrue(waiting.add("d"));
    assertEquals(List.of("b", "d"), waiting.all());
  }

  @Test
  void whatIsGivenUpCountsAsRefused() {
    waiting.add("a");
    assertEquals(1, waiting.dropAll());
    assertEquals(0, waiting.size());
    assertEquals(1, waiting.refused());
  }
}
