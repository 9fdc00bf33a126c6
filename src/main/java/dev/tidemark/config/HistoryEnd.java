package dev.tidemark.config;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the purge does with a day of events at the end of its history. By default it does nothing:
 * dropped events cannot be replayed.
 */
public enum HistoryEnd {
  /** It stays in the history. */
  KEEP,
  /** It leaves the history and waits for the archive command, which drops it once its file is. */
  ARCHIVE,
  /** It leaves the history and is dropped. */
  DROP;

  /** The word for it in the settings and in the database. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException with the key, the value and what is allowed
   */
  static HistoryEnd parse(String key, String word) {
    return Arrays.stream(values())
        .filter(end -> end.toString().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is '%s': must be keep, archive or drop".formatted(key, word)));
  }
}
