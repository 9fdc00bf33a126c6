package dev.tidemark.tools.bench.neighbours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.testing.watch.Operation;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Nobody's too much is refused to a neighbour or fills the heap. How much slower the neighbour gets
 * is measured by the benchmark; here a machine may be busy with anything.
 */
final class NeighboursIT {
  private static final Logger LOG = Logger.getLogger(NeighboursIT.class);
  private static final double MAX_HEAP_PERCENT = 80;
  private static final double MAX_WAIT_MILLIS = 20_000;

  /** Limits that so little reaches. */
  private static final Map<String, String> SMALL =
      Map.of(
          "tidemark.access.bodies-per-address", "20",
          // The parts of a small heap that are not measured by it.
          "tidemark.delivery.tail-bytes", "8388608",
          "tidemark.log.queue-bytes", "8388608",
          "tidemark.access.joins-per-minute", "500",
          "tidemark.access.requests-per-minute", "500",
          "tidemark.access.failures-per-minute", "50");

  private static final Set<Nuisance> OF_ANOTHER_ADDRESS = EnumSet.of(Nuisance.LOGINS);

  private static Neighbourhood neighbourhood;

  @BeforeAll
  static void start() {
    neighbourhood = Neighbourhood.small(SMALL);
  }

  @TestFactory
  Stream<DynamicTest> isBorneByANeighbour() {
    return Nuisance.selected().stream()
        .map(nuisance -> DynamicTest.dynamicTest(nuisance.toString(), () -> bear(nuisance)));
  }

  private static void bear(Nuisance nuisance) {
    assumeTrue(
        Neighbourhood.hasManyAddresses() || !OF_ANOTHER_ADDRESS.contains(nuisance),
        "this machine has one address for all clients");
    Effect effect = neighbourhood.bear(nuisance);
    LOG.info(effect);
    assertFalse(effect.answers().isEmpty(), "the nuisance got no answer");
    assertEquals(List.of(), effect.loaded().refusals());
    for (Operation operation : Operation.values()) {
      assertTrue(effect.loaded().of(operation).count() > 0, operation + ": " + effect);
    }
    assertTrue(effect.loaded().maxMillis() <= MAX_WAIT_MILLIS, effect.toString());
    assertTrue(effect.heapPercent() < MAX_HEAP_PERCENT, effect.toString());
  }

  @AfterAll
  static void stop() {
    List<String> troubles = neighbourhood.troubles();
    neighbourhood.close();
    assertEquals(List.of(), troubles);
  }
}
