package dev.tidemark.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Batches form while others are under way; the first letter of an item is its lane. */
final class BatchCoalescerTest {
  private final List<List<String>> done = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  private BatchCoalescer<String> gathering(
      int maxWorkers, int maxOfABatch, Consumer<List<String>> job) {
    return new BatchCoalescer<>(
        maxWorkers, maxOfABatch, item -> item.charAt(0), job, (item, why) -> failed.add(item));
  }

  @Test
  void whatComesDuringABatchIsTheNextOne() {
    List<BatchCoalescer<String>> again = new ArrayList<>();
    BatchCoalescer<String> batchCoalescer =
        gathering(
            1,
            10,
            batch -> {
              done.add(batch);
              if (batch.equals(List.of("a1"))) {
                List.of("b1", "a2", "a3").forEach(again.get(0)::add);
              }
            });
    again.add(batchCoalescer);
    batchCoalescer.add("a1");
    assertEquals(List.of(List.of("a1"), List.of("b1", "a2", "a3")), done);
  }

  @Test
  void aBatchIsBoundedAndALaneKeepsItsOrder() {
    List<BatchCoalescer<String>> again = new ArrayList<>();
    BatchCoalescer<String> batchCoalescer =
        gathering(
            1,
            2,
            batch -> {
              done.add(batch);
              if (batch.equals(List.of("a1"))) {
                List.of("a2", "a3", "a4", "b1").forEach(again.get(0)::add);
              }
            });
    again.add(batchCoalescer);
    batchCoalescer.add("a1");
    assertEquals(List.of(List.of("a1"), List.of("a2", "a3"), List.of("a4", "b1")), done);
  }

  @Test
  void aLaneThatIsSlowHoldsUpOnePlaceAndNoOtherLane() throws Exception {
    BatchCoalescer<String> batchCoalescer =
        gathering(
            2,
            10,
            batch -> {
              if (batch.contains("a1")) {
                standAtTheGate();
              }
              synchronized (done) {
                done.add(batch);
              }
            });
    CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> batchCoalescer.add("a1"));
    await(begun);
    batchCoalescer.add("a2"); // returns, because its lane is under way
    batchCoalescer.add("b1");
    synchronized (done) {
      assertEquals(List.of(List.of("b1")), done);
    }
    open.countDown();
    slow.get(10, TimeUnit.SECONDS);
    assertEquals(List.of(List.of("b1"), List.of("a1"), List.of("a2")), done);
  }

  @Test
  void whoFindsAllPlacesTakenLeavesItsItemToThem() throws Exception {
    BatchCoalescer<String> batchCoalescer =
        gathering(
            1,
            10,
            batch -> {
              standAtTheGate();
              done.add(batch);
            });
    CompletableFuture<Void> working = CompletableFuture.runAsync(() -> batchCoalescer.add("a1"));
    await(begun);
    batchCoalescer.add("b1");
    batchCoalescer.add("c1");
    open.countDown();
    working.get(10, TimeUnit.SECONDS);
    assertEquals(List.of(List.of("a1"), List.of("b1", "c1")), done);
  }

  @Test
  void aBatchThatFailsCostsNoPlaceAndItsItemsAreTold() {
    List<BatchCoalescer<String>> again = new ArrayList<>();
    BatchCoalescer<String> batchCoalescer =
        gathering(
            1,
            10,
            batch -> {
              done.add(batch);
              if (batch.contains("a1")) {
                List.of("b1", "b2").forEach(again.get(0)::add);
                throw new IllegalStateException("of the test");
              }
              if (batch.contains("b1")) {
                throw new InternalError("of the test");
              }
            });
    again.add(batchCoalescer);
    batchCoalescer.add("a1");
    batchCoalescer.add("a2");
    assertEquals(List.of(List.of("a1"), List.of("b1", "b2"), List.of("a2")), done);
    assertEquals(List.of("a1", "b1", "b2"), failed);
    assertEquals(0, batchCoalescer.waiting());
    assertEquals(0, batchCoalescer.stillNanos());
  }

  /**
   * Not even the telling goes well: its caller hears of it, and the next one finds a free place.
   */
  @Test
  void aWorkerThatCannotGoOnGivesItsPlaceAndItsLaneBack() {
    BatchCoalescer<String> batchCoalescer =
        new BatchCoalescer<>(
            1,
            10,
            item -> item.charAt(0),
            batch -> {
              done.add(batch);
              if (batch.contains("a1")) {
                throw new InternalError("of the test");
              }
            },
            (item, why) -> {
              throw new InternalError("of the telling");
            });
    InternalError heard = assertThrows(InternalError.class, () -> batchCoalescer.add("a1"));
    assertEquals("of the telling", heard.getMessage());
    batchCoalescer.add("a2");
    assertEquals(List.of(List.of("a1"), List.of("a2")), done);
  }

  /** Each failure would cost a place, and then everybody's items would wait for good. */
  @Test
  void whoCannotWorkForLackOfMemoryTakesNoPlaceAndLeavesNothing() {
    boolean[] isShort = {true};
    BatchCoalescer<String> batchCoalescer =
        new BatchCoalescer<>(
            1,
            10,
            item -> item.charAt(0),
            done::add,
            (item, why) -> failed.add(item),
            () -> {
              if (isShort[0]) {
                throw new OutOfMemoryError("as told");
              }
              return new HashSet<>();
            });
    assertThrows(OutOfMemoryError.class, () -> batchCoalescer.add("a1"));
    isShort[0] = false;
    assertEquals(0, batchCoalescer.waiting());
    batchCoalescer.add("a2");
    assertEquals(List.of(List.of("a2")), done);
  }

  /** An item that cannot be added, here because it is none, comes while another is worked on. */
  @Test
  void aLaneOfAnItemThatCouldNotBeAddedIsFree() {
    List<BatchCoalescer<String>> again = new ArrayList<>();
    BatchCoalescer<String> batchCoalescer =
        new BatchCoalescer<>(
            1,
            10,
            item -> item == null ? 'n' : item.charAt(0),
            batch -> {
              done.add(batch);
              if (batch.contains("a1")) {
                assertThrows(NullPointerException.class, () -> again.get(0).add(null));
              }
            },
            (item, why) -> failed.add(item));
    again.add(batchCoalescer);
    batchCoalescer.add("a1");
    batchCoalescer.add("n1");
    assertEquals(List.of(List.of("a1"), List.of("n1")), done);
    assertEquals(0, batchCoalescer.stillNanos());
  }

  /** Holds a batch up until the test lets it go on. */
  private void standAtTheGate() {
    begun.countDown();
    await(open);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
