package dev.tidemark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class MissedHeadsTest {
  @Test
  void theHighestHeadIsToldOnce() {
    MissedHeads heads = new MissedHeads(2);
    heads.add(1, 7);
    heads.add(1, 5);

    assertEquals(OptionalLong.of(7), heads.take(1));
    assertEquals(OptionalLong.empty(), heads.take(1));
  }

  @Test
  void thoseToldOfLastAreKept() {
    MissedHeads heads = new MissedHeads(2);
    heads.add(1, 1);
    heads.add(2, 1);
    heads.add(1, 2);
    heads.add(3, 1);

    assertEquals(OptionalLong.empty(), heads.take(2));
    assertEquals(OptionalLong.of(2), heads.take(1));
    assertEquals(OptionalLong.of(1), heads.take(3));
  }
}
