package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The data and sources that a draft accepts. */
final class DraftTest {
  @ParameterizedTest
  @ValueSource(strings = {"{\n}", "{\r}", "{}\n"})
  void dataOfSeveralLinesIsRefusedBecauseABatchHasAFrameALine(String data) {
    assertThrows(IllegalArgumentException.class, () -> Draft.of("message", "alice", data));
  }

  @Test
  void anEscapedLineBreakIsKept() {
    String data = "{\"content\":\"a\\nb\"}";
    assertEquals(data, Draft.of("message", "alice", data).data());
  }

  @Test
  void aSourceHasOneToSoManyCharacters() {
    assertEquals(128, Draft.of("message", "a".repeat(128), "{}").source().length());
    assertThrows(IllegalArgumentException.class, () -> Draft.of("message", "a".repeat(129), "{}"));
    assertThrows(IllegalArgumentException.class, () -> Draft.of("message", "", "{}"));
  }
}
