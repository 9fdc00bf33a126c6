package dev.tidemark.tools.bench.bare;

import jakarta.websocket.RemoteEndpoint;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends frames one after another, with as many in flight as the gateway allows itself. The thread
 * that raises {@link #looks} from zero sends, and continues while completions came meanwhile; so
 * nothing recurses and no thread waits.
 */
final class Push {
  private static final int IN_FLIGHT = 32;

  private final RemoteEndpoint.Async remote;
  private final String[] frames;
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private int next;

  Push(RemoteEndpoint.Async remote, String[] frames) {
    this.remote = remote;
    this.frames = frames;
  }

  void go() {
    if (looks.getAndIncrement() > 0) {
      return;
    }
    int seen;
    do {
      seen = looks.get();
      while (next < frames.length && inFlight.get() < IN_FLIGHT) {
        inFlight.incrementAndGet();
        remote.sendText(
            frames[next++],
            result -> {
              inFlight.decrementAndGet();
              go();
            });
      }
    } while (looks.addAndGet(-seen) > 0);
  }
}
