package dev.tidemark.testing.faults;

import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;

/**
 * The {@link Storm} where something is counted or measured: in every writer, reader, look, join,
 * frame and turn of the node, in the middle of its work.
 */
@Alternative
@Priority(Interceptor.Priority.APPLICATION)
@ApplicationScoped
public class ErringMetrics extends Metrics {
  @Inject Storm storm;

  @Override
  public void count(Metric counter, long amount, String value) {
    storm.strike();
    super.count(counter, amount, value);
  }

  @Override
  public void record(Metric histogram, long nanos, String value) {
    storm.strike();
    super.record(histogram, nanos, value);
  }
}
