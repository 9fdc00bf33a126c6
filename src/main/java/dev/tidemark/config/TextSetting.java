package dev.tidemark.config;

import java.util.function.BiFunction;

/**
 * A setting that is written as a text.
 *
 * @param defaultText how the documentation names the default, in Markdown
 * @param parser makes a value of the key and a text that is not blank, or throws {@code
 *     IllegalArgumentException} with both and with what is allowed
 */
record TextSetting<T>(
    String key,
    T defaultValue,
    String defaultText,
    String meaning,
    BiFunction<String, String, T> parser)
    implements Setting<T> {
  @Override
  public T parse(String text) {
    String value = text.strip();
    return value.isEmpty() ? defaultValue : parser.apply(key, value);
  }
}
