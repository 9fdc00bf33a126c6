package dev.tidemark.config;

import dev.tidemark.config.NumberSetting.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Declares the settings of one class, and keeps them in the order of the documentation. */
final class SettingList {
  /** The word in the documentation for the default of a setting that has none. */
  static final String NONE = "none";

  private final List<Setting<?>> settings = new ArrayList<>();

  List<Setting<?>> all() {
    return List.copyOf(settings);
  }

  /** A time, written in milliseconds. */
  Setting<Duration> millis(String key, long defaultMillis, long min, long max, String meaning) {
    return add(
        new NumberSetting<>(
            key, Unit.MILLIS, defaultMillis, min, max, meaning, Duration::ofMillis));
  }

  /** A size in bytes. */
  Setting<Long> bytes(String key, long defaultBytes, long min, long max, String meaning) {
    return add(
        new NumberSetting<>(key, Unit.BYTES, defaultBytes, min, max, meaning, Long::valueOf));
  }

  /** A number of things. */
  Setting<Integer> count(String key, int defaultCount, int min, int max, String meaning) {
    return add(
        new NumberSetting<>(key, Unit.COUNT, defaultCount, min, max, meaning, Math::toIntExact));
  }

  /** A number of calendar days. */
  Setting<Integer> days(String key, int defaultDays, int min, int max, String meaning) {
    return add(
        new NumberSetting<>(key, Unit.DAYS, defaultDays, min, max, meaning, Math::toIntExact));
  }

  /** A text. */
  Setting<String> text(String key, String defaultValue, String meaning) {
    return word(key, defaultValue, meaning, (unused, text) -> text);
  }

  /**
   * {@code true} or {@code false}, in any case, and nothing else: a slip must not take a protection
   * away.
   */
  Setting<Boolean> flag(String key, boolean defaultValue, String meaning) {
    return word(key, defaultValue, meaning, SettingList::parseFlag);
  }

  /** One of some words. */
  <T> Setting<T> word(
      String key, T defaultValue, String meaning, BiFunction<String, String, T> parser) {
    return add(new TextSetting<>(key, defaultValue, "`" + defaultValue + "`", meaning, parser));
  }

  /** Origins with commas in between, by default none. */
  Setting<Set<String>> origins(String key, String meaning) {
    return add(new TextSetting<>(key, Set.of(), NONE, meaning, Origins::parse));
  }

  /** An optional text; {@code defaultText} documents the default. */
  Setting<Optional<String>> optional(String key, String defaultText, String meaning) {
    return optional(key, defaultText, meaning, (unused, text) -> text);
  }

  /** An optional value; {@code defaultText} documents the default. */
  <T> Setting<Optional<T>> optional(
      String key, String defaultText, String meaning, BiFunction<String, String, T> parser) {
    return add(
        new TextSetting<>(
            key, Optional.empty(), defaultText, meaning, parser.andThen(Optional::of)));
  }

  private static boolean parseFlag(String key, String text) {
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw new IllegalArgumentException("%s is '%s': must be true or false".formatted(key, text));
    }
    return text.equalsIgnoreCase("true");
  }

  private <T> Setting<T> add(Setting<T> setting) {
    settings.add(setting);
    return setting;
  }
}
