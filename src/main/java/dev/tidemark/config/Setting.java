package dev.tidemark.config;

/**
 * One thing that an operator may set. Settings are declared in the {@code …Settings} classes of
 * this package, which go by the second word of the key: {@code tidemark.delivery.replays} is in
 * {@link DeliverySettings}, whichever rooms read it. {@code docs/configuration.md} is checked
 * against them.
 *
 * @param <T> what the value is: a {@code Duration} for a time, a {@code Long} for bytes, an {@code
 *     Integer} for a count
 */
public sealed interface Setting<T> permits NumberSetting, TextSetting {
  /** The MicroProfile Config key. */
  String key();

  /** The value where the operator set none. */
  T defaultValue();

  /** What the setting does, in Markdown. */
  String meaning();

  /**
   * Reads a value; a blank text stands for the default.
   *
   * @throws IllegalArgumentException with the key, the text and what is allowed
   */
  T parse(String text);
}
