package dev.tidemark.access.record;

import dev.tidemark.wire.StorableText;
import java.util.Optional;

/** What came from outside, as it is recorded: one value that cannot be kept spoils no record. */
final class Recorded {
  /** Names are shorter, and so are the entries of an index that may be made of it. */
  private static final int MAX_CHARS = 200;

  private Recorded() {}

  static String text(String text) {
    return StorableText.kept(text, MAX_CHARS);
  }

  static Optional<String> text(Optional<String> text) {
    return text.map(Recorded::text);
  }
}
