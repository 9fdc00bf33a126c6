package dev.tidemark.tools.fuzz;

import java.nio.charset.StandardCharsets;

/**
 * What a hostile client puts on the wire at once.
 *
 * @param number which of the fuzz's frames it is, from 0
 * @param kind how it was made
 * @param keepsStep whether the other side can still tell where the next frame begins, and has no
 *     unfinished message
 * @param then what the client does with its connection afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record HostileFrame(long number, String kind, byte[] bytes, boolean keepsStep, Then then) {
  private static final int MAX_SHOWN = 300;

  /** What a client does with its connection after a frame. */
  enum Then {
    GO_ON,
    /** Closes without a word. */
    CUT,
    /** Closes so that the other side gets a reset. */
    RESET,
    /** Says that it sends nothing more, and still reads. */
    HALF_CLOSE
  }

  @Override
  public String toString() {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String shown = text.substring(0, Math.min(MAX_SHOWN, text.length()));
    return "%s, %d bytes, then %s: %s"
        .formatted(kind, bytes.length, then, shown.replaceAll("[^ -~]", "."));
  }
}
