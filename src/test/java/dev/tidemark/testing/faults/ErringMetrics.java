package dev.tidemark.testing.faults;

import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.interceptor.Interceptor;
import java.util.Random;
import org.jboss.logging.Logger;

/**
 * Throws {@code Error}s at random where something is counted or measured: in every writer, job,
 * reader, look, join, frame and turn of the node, in the middle of its work. A storm has a number
 * of errors, and then is over.
 */
@Alternative
@Priority(Interceptor.Priority.APPLICATION)
@ApplicationScoped
public class ErringMetrics extends Metrics {
  private static final Logger LOG = Logger.getLogger(ErringMetrics.class);
  private static final long SEED = 12;
  private static final int ONE_OF = 4;

  // Guarded by this.
  private final Random random = new Random(SEED);
  private int left;

  /** Begins a storm of so many errors. */
  synchronized void begin(int errors) {
    left = errors;
  }

  @Override
  public void count(Metric counter, long amount, String value) {
    strike();
    super.count(counter, amount, value);
  }

  @Override
  public void record(Metric histogram, long nanos, String value) {
    strike();
    super.record(histogram, nanos, value);
  }

  private synchronized void strike() {
    if (left == 0 || random.nextInt(ONE_OF) > 0) {
      return;
    }
    left--;
    if (left == 0) {
      LOG.info("The storm is over.");
    }
    throw switch (random.nextInt(3)) {
      case 0 -> new OutOfMemoryError("of the storm");
      case 1 -> new StackOverflowError("of the storm");
      default -> new NoClassDefFoundError("of the storm");
    };
  }
}
