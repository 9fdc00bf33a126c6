package dev.tidemark.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.function.Supplier;

/**
 * What the node counts of itself. Where the server has no metrics, counting costs nothing and goes
 * nowhere.
 */
@ApplicationScoped
public class Metrics {
  private MeterRegistry registry = new CompositeMeterRegistry();

  protected Metrics() {}

  @Inject
  Metrics(Instance<MeterRegistry> registries) {
    if (registries.isResolvable()) {
      registry = registries.get();
    }
  }

  /** Adds to the counter {@code tidemark.<name>}; the labels are name and value in turn. */
  public void count(String name, long amount, String... labels) {
    registry.counter("tidemark." + name, labels).increment((double) amount);
  }

  /** Shows the value of {@code tidemark.<name>} whenever somebody reads the metrics. */
  public void gauge(String name, Supplier<Number> value) {
    io.micrometer.core.instrument.Gauge.builder("tidemark." + name, value)
        .tags(Tags.empty())
        .register(registry);
  }
}
