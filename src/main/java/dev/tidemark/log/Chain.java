package dev.tidemark.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.wire.Timestamps;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/**
 * Each event carries the SHA-256 of itself and of the hash before it, so that SQL alone can prove
 * that nothing was changed, dropped or inserted. The layout is that of the database's {@code
 * tidemark.event_hash}; a test holds the two together.
 */
final class Chain {
  private Chain() {}

  /**
   * The hash of an event that follows {@code previous} (32 bytes; zeros before the first event of a
   * session).
   */
  static byte[] next(
      byte[] previous, UUID epoch, String sessionId, long cursor, Draft draft, Instant createdAt) {
    MessageDigest digest = sha256();
    add(digest, previous);
    add(digest, epoch.toString().getBytes(UTF_8));
    add(digest, sessionId.getBytes(UTF_8));
    add(digest, Long.toString(cursor).getBytes(UTF_8));
    add(digest, draft.eventId().toString().getBytes(UTF_8));
    add(digest, draft.type().getBytes(UTF_8));
    add(digest, draft.source().getBytes(UTF_8));
    add(digest, draft.turnId().map(UUID::toString).orElse("").getBytes(UTF_8));
    add(digest, Timestamps.text(createdAt).getBytes(UTF_8));
    add(digest, draft.data().getBytes(UTF_8));
    return digest.digest();
  }

  private static void add(MessageDigest digest, byte[] field) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
    digest.update(field);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
