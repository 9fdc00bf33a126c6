package dev.tidemark.testing.watch;

import java.util.List;
import java.util.Map;

/**
 * What a neighbour has seen in some time.
 *
 * @param latencies latencies of the operations that were done
 * @param refusals what was refused, not answered or answered wrongly, in plain words
 */
public record Measured(Map<Operation, Latencies> latencies, List<String> refusals) {
  public Latencies of(Operation operation) {
    return latencies.get(operation);
  }

  /** The longest time that any operation took. */
  public double maxMillis() {
    return latencies.values().stream().mapToDouble(Latencies::maxMillis).max().orElse(0);
  }
}
