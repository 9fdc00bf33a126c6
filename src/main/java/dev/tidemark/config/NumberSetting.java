package dev.tidemark.config;

import java.util.Locale;
import java.util.function.LongFunction;

/**
 * A setting that is written as a whole number.
 *
 * @param defaultNumber the default in this unit
 * @param type converts a number in this unit to the value
 */
record NumberSetting<T>(
    String key,
    Unit unit,
    long defaultNumber,
    long min,
    long max,
    String meaning,
    LongFunction<T> type)
    implements Setting<T> {
  /** The unit of a number. */
  enum Unit {
    BYTES,
    COUNT,
    DAYS,
    MILLIS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public T defaultValue() {
    return type.apply(defaultNumber);
  }

  @Override
  public T parse(String text) {
    String number = text.strip();
    if (number.isEmpty()) {
      return defaultValue();
    }
    try {
      long value = Long.parseLong(number);
      if (min <= value && value <= max) {
        return type.apply(value);
      }
      throw new IllegalArgumentException(refusal(number));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(refusal(number), e);
    }
  }

  private String refusal(String number) {
    return "%s is '%s': must be a whole number%s from %d to %d"
        .formatted(key, number, unit == Unit.COUNT ? "" : " of " + unit, min, max);
  }
}
