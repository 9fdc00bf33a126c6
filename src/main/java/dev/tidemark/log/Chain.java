package dev.tidemark.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.wire.EventFrame;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash chain of one session, continued by the events of one batch. Each event carries the
 * SHA-256 of itself and of the hash before it, so that SQL alone can prove that nothing was
 * changed, dropped or inserted. The layout is that of the database's {@code tidemark.event_hash}; a
 * test holds the two together.
 */
final class Chain {
  private final MessageDigest digest;
  private final byte[] length = new byte[Integer.BYTES];
  private final byte[] epoch;
  private final byte[] sessionId;
  private final byte[] createdAt;
  private byte[] newest;

  /**
   * Continues from a head, whose hash is 32 zeros before the first event of a session.
   *
   * @param digest a SHA-256 digest that nobody else uses at the same time
   * @param createdAt the time of all following events, as {@link dev.tidemark.wire.Timestamps}
   *     spells it
   */
  Chain(MessageDigest digest, Head head, String createdAt) {
    this.digest = digest;
    newest = head.chainHash();
    epoch = head.epochId().getBytes(UTF_8);
    sessionId = head.sessionId().getBytes(UTF_8);
    this.createdAt = createdAt.getBytes(UTF_8);
  }

  /** Returns the hash of the next event. */
  byte[] next(EventFrame event) {
    add(newest);
    add(epoch);
    add(sessionId);
    add(Long.toString(event.cursor()));
    add(event.eventId());
    add(event.type());
    add(event.source());
    add(event.turnId() == null ? "" : event.turnId());
    add(createdAt);
    add(event.data());
    newest = digest.digest();
    return newest;
  }

  /** The hash of the newest event. */
  byte[] newest() {
    return newest;
  }

  private void add(String field) {
    add(field.getBytes(UTF_8));
  }

  private void add(byte[] field) {
    length[0] = (byte) (field.length >>> 24);
    length[1] = (byte) (field.length >>> 16);
    length[2] = (byte) (field.length >>> 8);
    length[3] = (byte) field.length;
    digest.update(length);
    digest.update(field);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
