package dev.tidemark.tools.run;

import java.util.Properties;

/** A whole number that is given to a program with {@code -D}. */
public final class NumberOption {
  private NumberOption() {}

  /**
   * Returns the number, or {@code otherwise} if none is given.
   *
   * @throws IllegalArgumentException if it is none, or not from {@code min} to {@code max}
   */
  public static long of(Properties properties, String name, long otherwise, long min, long max) {
    String given = properties.getProperty(name, String.valueOf(otherwise));
    try {
      long number = Long.parseLong(given);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below, as a number that is none
    }
    throw new IllegalArgumentException(
        "-D%s=%s must be a whole number from %d to %d.".formatted(name, given, min, max));
  }
}
