package dev.tidemark.access.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** What is kept of the accounts that strangers name. */
final class PasswordGuessesTest {
  private static final String ADDRESS = "192.0.2.1";

  @Test
  void ofALongNameNoMoreIsKeptThanOfAShortOne() {
    assertEquals(key("a").length(), key("a".repeat(2_000)).length());
    assertNotEquals(key("a".repeat(1_999)), key("a".repeat(2_000)));
  }

  @Test
  void anAccountIsTheSameInAnyCaseAndWithBlanks() {
    assertEquals(key("alice"), key(" Alice"));
    assertNotEquals(key("alice"), key("bob"));
  }

  private static String key(String account) {
    return PasswordGuesses.key(ADDRESS, account);
  }
}
