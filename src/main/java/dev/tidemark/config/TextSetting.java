package dev.tidemark.config;

import java.util.function.BiFunction;

/**
 * A setting that is written as a text.
 *
 * @param defaultText name of the default in the documentation, in Markdown
 * @param parser converts the key and a text that is not blank to a value, or throws {@code
 *     IllegalArgumentException} with both and the allowed values
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
