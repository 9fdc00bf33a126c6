package dev.tidemark.wire;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.eclipse.parsson.api.BufferPool;

/**
 * The buffers of parsers. The library's own pool keeps each buffer that a large text has outgrown,
 * and is emptied only when the whole heap is collected; this one keeps a few small ones.
 */
final class ParserBuffers implements BufferPool {
  /** Characters; what a parser starts with. */
  private static final int SIZE = 4_096;

  private static final int MOST = 64;

  private final BlockingQueue<char[]> free = new ArrayBlockingQueue<>(MOST);

  /** What a factory of the provider has to be told. */
  static Map<String, ?> configuration() {
    return Map.of(BufferPool.class.getName(), new ParserBuffers());
  }

  @Override
  public char[] take() {
    char[] buffer = free.poll();
    return buffer != null ? buffer : new char[SIZE];
  }

  @Override
  public void recycle(char[] buffer) {
    if (buffer.length == SIZE) {
      var unused = free.offer(buffer);
    }
  }
}
