package dev.tidemark.tools.bench.neighbours;

import dev.tidemark.testing.watch.CollectionLog.Collections;
import dev.tidemark.testing.watch.Measured;
import dev.tidemark.testing.watch.Operation;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a nuisance does to a neighbour.
 *
 * @param quiet what the neighbour saw before
 * @param loaded what the neighbour saw meanwhile
 * @param heapPercent most heap in use after a full collection, in percent
 * @param answers how often the gateway answered the nuisance with each status or code
 */
public record Effect(
    Nuisance nuisance,
    Measured quiet,
    Measured loaded,
    Collections collections,
    double heapPercent,
    Map<String, Long> answers) {

  /** The operation whose p99 has grown most. */
  public Operation worst() {
    return Arrays.stream(Operation.values())
        .max(Comparator.comparingDouble(this::growth))
        .orElseThrow();
  }

  /** How many times its p99 the worst operation takes. */
  public double growth() {
    return growth(worst());
  }

  /** The p99 of that operation under the nuisance. */
  public double loadedP99Millis() {
    return loaded.of(worst()).p99Millis();
  }

  /** The p99 of that operation before. */
  public double quietP99Millis() {
    return quiet.of(worst()).p99Millis();
  }

  private double growth(Operation operation) {
    return loaded.of(operation).p99Millis() / quiet.of(operation).p99Millis();
  }

  private static String p99s(Measured measured) {
    return Arrays.stream(Operation.values())
        .map(operation -> String.format(Locale.ROOT, "%.1f", measured.of(operation).p99Millis()))
        .collect(Collectors.joining("/", "", " ms"));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %s p99 %.1f ms, before %.1f ms (%.1f times); all %s, before %s; %d refused; heap %.0f %%, with garbage"
            + " %d MB, %d full collections, stopped for %.0f ms; answered %s",
        nuisance,
        worst().toString().toLowerCase(Locale.ROOT),
        loadedP99Millis(),
        quietP99Millis(),
        growth(),
        p99s(loaded),
        p99s(quiet),
        loaded.refusals().size(),
        heapPercent,
        collections.maxBytes() >> 20,
        collections.fullCollections(),
        collections.stoppedMillis(),
        answers);
  }
}
