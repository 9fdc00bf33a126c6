package dev.tidemark.wire;

/**
 * A name in records: that of a principal, a tenant, an agent, or a login session of the identity
 * provider. All have the same maximum length, so that a principal who may sign in may also be a
 * member and the source of an event.
 */
public final class Name {
  /** In Unicode characters, as PostgreSQL counts them. */
  public static final int MAX_LENGTH = 128;

  private Name() {}

  public static boolean isTooLong(String name) {
    return isLonger(name, MAX_LENGTH);
  }

  /** Whether a text has more than {@code max} Unicode characters. */
  public static boolean isLonger(String text, int max) {
    return text.codePointCount(0, text.length()) > max;
  }

  /** Whether a text can be a name, apart from its length: not blank, no control characters. */
  public static boolean isPrintable(String name) {
    return !name.isBlank()
        && name.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  /** The message for a person that a name is too long. */
  public static String tooLong(String what) {
    return what + " is too long: a name has at most " + MAX_LENGTH + " characters.";
  }
}
