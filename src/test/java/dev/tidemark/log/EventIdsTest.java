package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Event ids are unique UUIDs of a known layout. */
final class EventIdsTest {
  @Test
  void manyThreadsAreGivenNoNameTwice() {
    var seen = ConcurrentHashMap.<UUID>newKeySet();
    IntStream.range(0, 100_000).parallel().forEach(i -> seen.add(EventIds.next()));
    assertEquals(100_000, seen.size());
  }

  @Test
  void eachIsAUuidOfAKnownLayout() {
    UUID id = EventIds.next();
    assertEquals(8, id.version());
    assertEquals(2, id.variant());
  }
}
