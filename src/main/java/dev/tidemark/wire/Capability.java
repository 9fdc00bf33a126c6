package dev.tidemark.wire;

import java.util.Optional;

/**
 * What a client may ask for beyond the plain protocol. This version knows the names and grants
 * none.
 */
public enum Capability {
  /** Several frames in one text message, one a line. */
  BATCH("batch"),
  /** Replays may leave out what a later event stands for. */
  COMPACT("compact");

  private final String wireName;

  Capability(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The capability of that name, or nothing: names that are not known are ignored. */
  static Optional<Capability> named(String name) {
    for (Capability capability : values()) {
      if (capability.wireName.equals(name)) {
        return Optional.of(capability);
      }
    }
    return Optional.empty();
  }
}
