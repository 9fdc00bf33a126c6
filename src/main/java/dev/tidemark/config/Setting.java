package dev.tidemark.config;

/**
 * A setting that the operator may change. Settings are declared in the {@code …Settings} classes of
 * this package, by the second word of the key: {@code tidemark.delivery.replays} is in {@link
 * DeliverySettings}, whichever rooms read it. A test checks {@code docs/configuration.md} against
 * them.
 *
 * @param <T> type of the value: a {@code Duration} for a time, a {@code Long} for bytes, an {@code
 *     Integer} for a count
 */
public sealed interface Setting<T> permits NumberSetting, TextSetting {
  /** The MicroProfile Config key. */
  String key();

  /** The value where the operator set none. */
  T defaultValue();

  /** The effect of the setting, in Markdown. */
  String meaning();

  /**
   * Reads a value; a blank text stands for the default.
   *
   * @throws IllegalArgumentException with the key, the text and the allowed values
   */
  T parse(String text);
}
