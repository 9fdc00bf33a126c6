package dev.tidemark.config;

import java.util.Arrays;
import java.util.Locale;

/**
 * The purge's treatment of a day of events at the end of its history. By default the day stays: no
 * event is lost unless the operator chose so.
 */
public enum HistoryEnd {
  /** The day stays in the history. */
  KEEP,
  /** The day leaves the history and waits for the archive command, which writes and drops it. */
  ARCHIVE,
  /** The day leaves the history and is dropped. */
  DROP;

  /** The word for it in the settings and in the database. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException with the key, the value and the allowed words
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
