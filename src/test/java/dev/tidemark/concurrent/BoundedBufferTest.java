package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps entries until they are done, and refuses more entries than there is room for. */
final class BoundedBufferTest {
  private final BoundedBuffer<String> boundedBuffer = new BoundedBuffer<>(2);

  @Test
  void whatIsNotDoneIsThereAgain() {
    boundedBuffer.add("a");
    assertEquals(List.of("a"), boundedBuffer.all());
    boundedBuffer.add("b");
    assertEquals(List.of("a", "b"), boundedBuffer.all());
    boundedBuffer.done(1);
    assertEquals(List.of("b"), boundedBuffer.all());
  }

  @Test
  void theLastThatFitsIsTakenAndOneMoreIsRefusedAndCounted() {
    assertTrue(boundedBuffer.add("a"));
    assertTrue(boundedBuffer.add("b"));
    assertFalse(boundedBuffer.add("c"));
    assertEquals(1, boundedBuffer.refused());
    boundedBuffer.done(1);
    assertTrue(boundedBuffer.add("d"));
    assertEquals(List.of("b", "d"), boundedBuffer.all());
  }

  @Test
  void whatIsGivenUpCountsAsRefused() {
    boundedBuffer.add("a");
    assertEquals(1, boundedBuffer.dropAll());
    assertEquals(0, boundedBuffer.size());
    assertEquals(1, boundedBuffer.refused());
  }
}
