package dev.tidemark.wire;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An addition to the plain protocol, granted to a client that names it in a join, until its next
 * join.
 */
public enum Capability {
  /** Several frames in one text message, one a line. */
  BATCH("batch"),
  /** A replay without the events that a later event stands for. */
  COMPACT("compact");

  private final String wireName;

  Capability(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The quoted names of these capabilities, always in the same order. */
  static List<String> quoted(Set<Capability> some) {
    return some.stream().sorted().map(capability -> JsonText.quoted(capability.wireName)).toList();
  }

  /** The capability of that name, or nothing: unknown names are ignored. */
  static Optional<Capability> named(String name) {
    for (Capability capability : values()) {
      if (capability.wireName.equals(name)) {
        return Optional.of(capability);
      }
    }
    return Optional.empty();
  }
}
