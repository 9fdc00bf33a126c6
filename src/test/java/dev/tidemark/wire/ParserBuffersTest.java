package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.util.Map;
import java.util.stream.IntStream;
import org.eclipse.parsson.api.BufferPool;
import org.junit.jupiter.api.Test;

/** What large texts need of memory does not outlive them. */
final class ParserBuffersTest {
  private final ParserBuffers buffers = new ParserBuffers();

  @Test
  void aBufferIsUsedAgain() {
    char[] buffer = buffers.take();
    buffers.recycle(buffer);
    assertSame(buffer, buffers.take());
    assertNotSame(buffer, buffers.take());
  }

  @Test
  void noMoreThanAFewAreKept() {
    char[] used = new char[4_096];
    used[0] = 'x';
    IntStream.range(0, 1_000).forEach(i -> buffers.recycle(used.clone()));
    assertEquals(64, IntStream.range(0, 1_000).filter(i -> isKept()).count());
  }

  /** The library also gives back each buffer that a text has outgrown. */
  @Test
  void aLargeTextLeavesTheBufferThatItBeganWith() {
    var parsers =
        JsonModel.PROVIDER.createParserFactory(Map.of(BufferPool.class.getName(), buffers));
    char[] first = buffers.take();
    buffers.recycle(first);
    try (JsonParser parser =
        parsers.createParser(new StringReader("[\"" + "x".repeat(1_000_000) + "\"]"))) {
      parser.next();
      assertEquals(1_000_000, parser.getArray().getString(0).length());
    }
    assertSame(first, buffers.take());
    assertEquals(0, IntStream.range(0, 100).filter(i -> isKept()).count());
  }

  /** New buffers hold nothing. */
  private boolean isKept() {
    return buffers.take()[0] == 'x';
  }
}
