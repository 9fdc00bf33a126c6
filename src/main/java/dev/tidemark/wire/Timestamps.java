package dev.tidemark.wire;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/**
 * Times as the wire, the hash chain and the database spell them: UTC, always six digits of a
 * second.
 */
public final class Timestamps {
  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);
  private static final int NANOS_PER_MICRO = 1_000;

  private Timestamps() {}

  public static String text(Instant moment) {
    StringBuilder text = new StringBuilder("2026-11-22T10:16:00.123456Z".length());
    write(text, moment);
    return text.toString();
  }

  /** Formats four-digit years by hand: the formatter takes a third of an event's encoding. */
  static void write(StringBuilder text, Instant moment) {
    LocalDateTime utc = LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    int year = utc.getYear();
    if (year < 0 || year > 9_999) {
      MICROSECONDS.formatTo(moment, text);
      return;
    }
    two(two(text, year / 100), year % 100).append('-');
    two(text, utc.getMonthValue()).append('-');
    two(text, utc.getDayOfMonth()).append('T');
    two(text, utc.getHour()).append(':');
    two(text, utc.getMinute()).append(':');
    two(text, utc.getSecond()).append('.');
    int micros = utc.getNano() / NANOS_PER_MICRO;
    two(two(two(text, micros / 10_000), micros / 100 % 100), micros % 100).append('Z');
  }

  private static StringBuilder two(StringBuilder text, int value) {
    return text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }
}
