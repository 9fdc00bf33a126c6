package dev.tidemark.log;

import dev.tidemark.wire.EventFrame;
import dev.tidemark.wire.Timestamps;
import java.security.MessageDigest;
import java.time.Instant;

/**
 * The application's own {@link Chain} over the past events of one session, each with its own time.
 * Not thread-safe.
 */
public final class ChainOfSession {
  private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Chain::sha256);

  private final String sessionId;
  private byte[] newest = new byte[32];

  public ChainOfSession(String sessionId) {
    this.sessionId = sessionId;
  }

  /** Returns the hash of the next event, which becomes the newest. */
  public byte[] next(EventFrame event, String epochId) {
    Head head =
        new Head(
            0, sessionId, event.cursor() - 1, 1, newest, 0, epochId, Instant.EPOCH); // hash only
    newest = new Chain(SHA256.get(), head, Timestamps.text(event.timestamp())).next(event);
    return newest;
  }

  /** The hash of the newest event, 32 zeros before the first. */
  public byte[] newest() {
    return newest;
  }
}
