package dev.tidemark.concurrent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** First in, first out, also after some were taken from the middle. */
final class LinkedQueueTest {
  private final LinkedQueue<String> queue = new LinkedQueue<>();

  @Test
  void whatCameFirstLeavesFirst() {
    assertNull(queue.peek());
    assertNull(queue.poll());
    List.of("a", "b", "c").forEach(queue::add);
    assertEquals(3, queue.size());
    assertEquals("a", queue.peek());
    assertEquals("a", queue.poll());
    queue.add("d");
    assertEquals(List.of("b", "c", "d"), all());
    assertEquals("b", queue.poll());
    assertEquals("c", queue.poll());
    assertEquals("d", queue.poll());
    assertNull(queue.poll());
    assertTrue(queue.isEmpty());
    queue.add("e");
    assertEquals(List.of("e"), all());
  }

  @Test
  void anItemLeavesFromAnywhere() {
    List.of("a", "b", "c", "d").forEach(queue::add);
    assertTrue(queue.remove("b"));
    assertFalse(queue.remove("b"));
    assertTrue(queue.remove("d"));
    queue.add("e");
    assertEquals(List.of("a", "c", "e"), all());
    assertTrue(queue.remove("a"));
    assertTrue(queue.remove("c"));
    assertTrue(queue.remove("e"));
    assertEquals(0, queue.size());
    queue.add("f");
    assertEquals(List.of("f"), all());
  }

  /** Its array is full before it grows: where that fails it looks empty, and what waits is lost. */
  @Test
  void nothingWaitsInAnArray() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ArrayDeque.class, PriorityQueue.class)
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.tidemark"));
  }

  private List<String> all() {
    List<String> all = new ArrayList<>();
    queue.forEach(all::add);
    return all;
  }
}
