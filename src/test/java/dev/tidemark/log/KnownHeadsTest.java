package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KnownHeadsTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  private long nanos;
  private final KnownHeads known = new KnownHeads(() -> nanos);

  @Test
  void nothingIsKnownBeforeTheClockIsRead() {
    known.learn(head(1, 5, NOON));
    assertEquals(Optional.empty(), known.of(List.of(1L)));
  }

  @Test
  void aSessionIsKnownUntilItIsForgotten() {
    known.read(NOON);
    known.learn(head(1, 5, NOON));
    assertEquals(5, known.of(List.of(1L)).orElseThrow().get(0).cursor());
    assertEquals(Optional.empty(), known.of(List.of(1L, 2L)));
    known.learn(head(1, 6, NOON));
    assertEquals(6, known.of(List.of(1L)).orElseThrow().get(0).cursor());
    known.forget(List.of(1L));
    assertEquals(Optional.empty(), known.of(List.of(1L)));
  }

  @Test
  void anotherEpochMakesAllThatWasKnownOfTheOneBeforeForgotten() {
    known.read(NOON);
    known.learn(head(1, 5, NOON));
    Head head = head(2, 5, NOON);
    known.learn(
        new Head(2, head.sessionId(), 5, 1, head.chainHash(), 1, "another epoch", head.now()));
    assertEquals(Optional.empty(), known.of(List.of(1L)));
    assertTrue(known.of(List.of(2L)).isPresent());
  }

  @Test
  void theClockGoesOnInMicrosecondsAndNeverBackWithinASession() {
    known.read(NOON);
    known.learn(head(1, 5, NOON));
    known.learn(head(2, 5, NOON.plusSeconds(10)));
    nanos += 2_000_000_999L;
    List<Head> heads = known.of(List.of(1L, 2L)).orElseThrow();
    assertEquals(NOON.plusSeconds(2), heads.get(0).now());
    assertEquals(NOON.plusSeconds(10), heads.get(1).now());
  }

  @Test
  void aReadingOfTheClockIsGoodForAMinute() {
    known.read(NOON);
    known.learn(head(1, 5, NOON));
    nanos += Duration.ofMinutes(1).toNanos();
    assertTrue(known.of(List.of(1L)).isPresent());
    nanos++;
    assertFalse(known.of(List.of(1L)).isPresent());
    known.read(NOON.plusSeconds(60));
    assertTrue(known.of(List.of(1L)).isPresent());
  }

  @Test
  void theSessionsUsedLeastAreForgottenFirst() {
    known.read(NOON);
    for (long key = 1; key <= 10_000; key++) {
      known.learn(head(key, 1, NOON));
    }
    assertTrue(known.of(List.of(1L)).isPresent()); // used, so it stays
    known.learn(head(10_001, 1, NOON));
    assertTrue(known.of(List.of(1L, 10_001L)).isPresent());
    assertFalse(known.of(List.of(2L)).isPresent());
  }

  private static Head head(long key, long cursor, Instant now) {
    return new Head(key, "s-" + key, cursor, 1, new byte[32], 1, "epoch", now);
  }
}
