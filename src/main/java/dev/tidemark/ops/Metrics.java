package dev.tidemark.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The metrics of the node. On a server without metrics, counting costs nothing and has no effect.
 */
@ApplicationScoped
public class Metrics {
  /** Kept here, because a registry holds the suppliers of its gauges only weakly. */
  private final List<Supplier<Number>> gauges = new CopyOnWriteArrayList<>();

  /** Kept here, because the registry searches all its meters for a name and its labels. */
  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

  private MeterRegistry registry = new CompositeMeterRegistry();

  protected Metrics() {}

  @Inject
  Metrics(Instance<MeterRegistry> registries) {
    if (registries.isResolvable()) {
      registry = registries.get();
    }
  }

  /** Adds to the counter {@code tidemark.<name>}; the labels are names and values, alternating. */
  public void count(String name, long amount, String... labels) {
    List<String> key = labels.length == 0 ? List.of(name) : with(name, labels);
    counters
        .computeIfAbsent(key, k -> registry.counter("tidemark." + name, labels))
        .increment((double) amount);
  }

  private static List<String> with(String name, String... labels) {
    List<String> key = new ArrayList<>(labels.length + 1);
    key.add(name);
    key.addAll(List.of(labels));
    return key;
  }

  /**
   * Registers the gauge {@code tidemark.<name>}, which is read with the metrics. No meter builder
   * is used: the server's registry shows only meters that its own methods registered, and those
   * methods hold the supplier weakly.
   */
  public void gauge(String name, Supplier<Number> value) {
    gauges.add(value);
    registry.gauge("tidemark." + name, Tags.empty(), value, source -> source.get().doubleValue());
  }

  /** The registry is the server's: a redeployed application must not find its own old meters. */
  @PreDestroy
  void forget() {
    registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("tidemark."))
        .forEach(registry::remove);
  }
}
