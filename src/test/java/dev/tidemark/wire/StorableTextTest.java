package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StorableTextTest {
  @Test
  void whatCannotBeKeptIsReplaced() {
    assertEquals("", StorableText.kept("", 5));
    assertEquals("Grüß 🌊", StorableText.kept("Grüß 🌊", 10));
    assertEquals("a\uFFFDb", StorableText.kept("a\u0000b", 10));
    assertEquals("\uFFFDx\uFFFD", StorableText.kept("\uDC00x\uD800", 10));
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    assertEquals("abc", StorableText.kept("abcd", 3));
    assertEquals("ab", StorableText.kept("ab🌊", 3));
    assertEquals("ab🌊", StorableText.kept("ab🌊", 4));
  }
}
