package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WholeLooksTest {
  private final WholeLooks looks = new WholeLooks();

  @Test
  void oneLookInTenIsWhole() {
    assertEquals(
        List.of(0, 10, 20), IntStream.range(0, 30).filter(i -> isWhole()).boxed().toList());
  }

  @Test
  void aDoubtMakesOneLookWholeAndNoLaterOne() {
    isWhole();
    looks.doubt();
    assertEquals(List.of(true, false, false), List.of(isWhole(), isWhole(), isWhole()));
  }

  @Test
  void aDoubtDuringALookMakesTheNextOneWhole() {
    isWhole();
    looks.doubt();
    looks.next(
        false,
        isWhole -> {
          looks.doubt();
          return isWhole;
        });
    assertEquals(List.of(true, false), List.of(isWhole(), isWhole()));
  }

  @Test
  void aLookThatFailsLeavesItsDoubt() {
    isWhole();
    looks.doubt();
    assertThrows(IllegalStateException.class, this::fail);
    assertEquals(List.of(true, false), List.of(isWhole(), isWhole()));
    assertThrows(IllegalStateException.class, this::fail);
    assertEquals(false, isWhole(), "there was no doubt");
  }

  @Test
  void whileTheDatabaseIsNotUsableEachLookIsWhole() {
    isWhole();
    assertEquals(true, looks.next(true, isWhole -> isWhole));
    assertEquals(true, looks.next(true, isWhole -> isWhole));
    assertEquals(false, isWhole());
  }

  private boolean isWhole() {
    return looks.next(false, isWhole -> isWhole);
  }

  private void fail() {
    looks.next(
        false,
        isWhole -> {
          throw new IllegalStateException();
        });
  }
}
