package dev.tidemark.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplayBlockTest {
  private static final int EVENTS = ReplayBlock.EVENTS;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "\u00e9", "\ud83d\ude00"})
  void theyAreTheReplayFramesOfTheirEventsALineEach(String content) {
    List<EventFrame> events = events(EVENTS + 1, EVENTS, content);
    List<EncodedEvent> encoded = encoded(events);
    encoded.get(3).live();
    new Replay(encoded.get(4), EVENTS + 5).text();

    ReplayBlock lines = ReplayBlock.of(encoded);

    assertFrame(
        events.stream().map(ReplayBlockTest::replay).collect(Collectors.joining("\n")),
        lines.together());
    for (int i = 0; i < EVENTS; i++) {
      EventFrame event = events.get(i);
      assertSame(lines, ReplayBlock.of(encoded.subList(i, EVENTS)));
      assertEquals(EVENTS - i, lines.from(event.cursor()));
      assertFrame(replay(event), lines.replay(event.cursor()));
      assertFrame(replay(event), new Replay(encoded.get(i), event.cursor()).text());
      assertFrame(event.encode(), encoded.get(i).live());
      assertFrame(
          "{\"type\":\"replay\",\"seq\":%d,\"from_seq\":1,\"event\":%s}"
              .formatted(event.cursor(), event.encode()),
          new Replay(encoded.get(i), 1).text());
    }
  }

  @Test
  void onlyWholeBlocksShareAText() {
    assertNull(ReplayBlock.of(encoded(events(EVENTS + 1, EVENTS - 1, ""))));
    assertNull(ReplayBlock.of(encoded(events(EVENTS, EVENTS, ""))));
    assertNull(ReplayBlock.of(encoded(events(1, EVENTS, "x".repeat(1_024)))));
    List<EncodedEvent> two = encoded(events(1, 2 * EVENTS, ""));
    ReplayBlock first = ReplayBlock.of(two);
    assertNull(ReplayBlock.of(two.subList(EVENTS + 1, 2 * EVENTS)));
    assertEquals(EVENTS, ReplayBlock.of(two.subList(EVENTS, 2 * EVENTS)).from(EVENTS + 1));
    assertSame(first, ReplayBlock.of(two.subList(EVENTS - 1, 2 * EVENTS)));
  }

  private static List<EventFrame> events(long first, int count, String content) {
    return LongStream.range(first, first + count)
        .mapToObj(cursor -> Samples.token(cursor, content + cursor))
        .toList();
  }

  private static List<EncodedEvent> encoded(List<EventFrame> events) {
    return events.stream().map(EncodedEvent::new).toList();
  }

  private static String replay(EventFrame event) {
    return "{\"type\":\"replay\",\"seq\":%d,\"event\":%s}"
        .formatted(event.cursor(), event.encode());
  }

  private static void assertFrame(String expected, EncodedFrame frame) {
    assertEquals(expected, frame.text());
    assertEquals(expected.getBytes(UTF_8).length, frame.bytes());
  }
}
