package dev.tidemark.ops;

import dev.tidemark.ops.Metric.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The metrics of the node, by the catalogue {@link Metric}. On a server without metrics, measuring
 * costs nothing and has no effect.
 */
@ApplicationScoped
public class Metrics {
  private static final String NO_LABEL = "";

  private record Key(Metric metric, String value) {}

  private final Map<Metric, Supplier<Number>> gauges = new ConcurrentHashMap<>();

  /** Kept here, because the registry searches all its meters for a name and its labels. */
  private final Map<Key, Meter> meters = new ConcurrentHashMap<>();

  private MeterRegistry registry = new CompositeMeterRegistry();

  protected Metrics() {}

  @Inject
  Metrics(Instance<MeterRegistry> registries) {
    if (registries.isResolvable()) {
      registry = ServerRegistry.behind(registries.get());
    }
  }

  /** Makes the bean at the start, and so all metrics: an alert must not find "no data". */
  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {}

  @PostConstruct
  void registerAll() {
    forget(); // what a deployment that failed has left behind
    for (Metric metric : Metric.values()) {
      if (metric.label().isEmpty()) {
        meter(metric, NO_LABEL);
      }
      metric.labelValues().forEach(value -> meter(metric, value));
    }
  }

  /** Adds to a counter without a label. */
  public void count(Metric counter, long amount) {
    count(counter, amount, NO_LABEL);
  }

  /** Adds to the counter with this value of its label. */
  public void count(Metric counter, long amount, String value) {
    ((Counter) meter(counter, value)).increment((double) amount);
  }

  /** Takes a latency, in nanoseconds, into a histogram without a label. */
  public void record(Metric histogram, long nanos) {
    record(histogram, nanos, NO_LABEL);
  }

  /** Takes a latency, in nanoseconds, into the histogram with this value of its label. */
  public void record(Metric histogram, long nanos, String value) {
    ((Timer) meter(histogram, value)).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Sets the source of a gauge, which is asked each time that metrics are read. */
  public void gauge(Metric gauge, Supplier<Number> source) {
    if (gauge.kind() != Kind.GAUGE) {
      throw new IllegalArgumentException(gauge + " is no gauge.");
    }
    gauges.put(gauge, source);
  }

  private double current(Metric gauge) {
    Supplier<Number> source = gauges.get(gauge);
    return source == null ? 0 : source.get().doubleValue();
  }

  private Meter meter(Metric metric, String value) {
    return meters.computeIfAbsent(new Key(metric, value), this::register);
  }

  private Meter register(Key key) {
    Metric metric = key.metric();
    Tags tags = metric.label().map(label -> Tags.of(label, key.value())).orElse(Tags.empty());
    String unit = metric.unit().orElse(null);
    return switch (metric.kind()) {
      case GAUGE ->
          Gauge.builder(metric.id(), this, metrics -> metrics.current(metric))
              .strongReference(true)
              .tags(tags)
              .description(metric.help())
              .baseUnit(unit)
              .register(registry);
      case COUNTER ->
          Counter.builder(metric.id())
              .tags(tags)
              .description(metric.help())
              .baseUnit(unit)
              .register(registry);
      case HISTOGRAM ->
          Timer.builder(metric.id())
              .tags(tags)
              .description(metric.help())
              .serviceLevelObjectives(metric.latency().bounds())
              .register(registry);
    };
  }

  /** The registry is the server's: a redeployed application must not find its own old meters. */
  @PreDestroy
  void forget() {
    registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith(Metric.PREFIX))
        .forEach(registry::remove);
  }
}
