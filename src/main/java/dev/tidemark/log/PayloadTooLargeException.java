package dev.tidemark.log;

import dev.tidemark.wire.Utf8;
import jakarta.ejb.ApplicationException;

/** An event's payload is larger than the log takes; nothing was appended. */
@ApplicationException(rollback = true)
public final class PayloadTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PayloadTooLargeException(long bytes, long maxBytes) {
    super("The payload has %d bytes; the log takes at most %d.".formatted(bytes, maxBytes));
  }

  /** Returns the size of a payload that is not too large. */
  static long bytesOf(Draft draft, long maxBytes) {
    long bytes = Utf8.length(draft.data());
    if (bytes > maxBytes) {
      throw new PayloadTooLargeException(bytes, maxBytes);
    }
    return bytes;
  }
}
