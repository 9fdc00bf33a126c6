package dev.tidemark.wire;

import java.util.Optional;
import java.util.Set;

/**
 * An addition to the plain protocol. A client that names it when it joins has it until it joins
 * again.
 */
public enum Capability {
  /** Several frames in one text message, one a line. */
  BATCH("batch"),
  /** Its replay leaves out what a later event stands for. */
  COMPACT("compact");

  private final String wireName;

  Capability(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The names of these, quoted, always in the same order. */
  static Iterable<String> quoted(Set<Capability> some) {
    return some.stream().sorted().map(capability -> JsonText.quoted(capability.wireName)).toList();
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
