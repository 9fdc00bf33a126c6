package dev.tidemark.wire;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/**
 * Moments as the wire, the hash chain and the database spell them: UTC, always six digits of a
 * second.
 */
public final class Timestamps {
  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

  private Timestamps() {}

  public static String text(Instant moment) {
    return MICROSECONDS.format(moment);
  }
}
