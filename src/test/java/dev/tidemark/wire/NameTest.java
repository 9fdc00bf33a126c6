package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for names, wherever one is accepted. */
final class NameTest {
  /** Two units of UTF-16, one character. */
  private static final String WAVE = "\ud83c\udf0a";

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", WAVE})
  void its128CharactersAreCountedAsTheDatabaseCounts(String character) {
    assertFalse(Name.isTooLong(character.repeat(128)));
    assertTrue(Name.isTooLong(character.repeat(129)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "a b", "Ærøskøbing", WAVE, "0f3c-1"})
  void whatAPersonCanReadIsPrintable(String name) {
    assertTrue(Name.isPrintable(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000b", "a\u007fb", "\u0085"})
  void whatWouldSpoilARecordIsNot(String name) {
    assertFalse(Name.isPrintable(name));
  }

  @Test
  void halfASurrogatePairIsNoCharacter() {
    assertFalse(Name.isPrintable(WAVE.substring(0, 1)));
    assertFalse(Name.isPrintable(WAVE.substring(1)));
  }

  @Test
  void aMemberMayHaveTheLongestNameAndNoLonger() {
    AccessGrant.requirePrincipal(WAVE.repeat(128));
    BadFrameException refused =
        assertThrows(BadFrameException.class, () -> AccessGrant.requirePrincipal(WAVE.repeat(129)));
    assertEquals(ErrorCode.INVALID_FRAME, refused.code());
  }
}
