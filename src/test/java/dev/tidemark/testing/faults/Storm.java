package dev.tidemark.testing.faults;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Errors at random, so many in all and so many more for each job by its name. It logs how often
 * each job was struck, when all have been, and when each has run once more after that.
 */
@ApplicationScoped
public class Storm {
  private static final Logger LOG = Logger.getLogger(Storm.class);
  private static final long SEED = 12;
  private static final int ONE_OF = 4;
  private static final int FOR_EACH_JOB = 3;

  private enum State {
    CALM,
    RAGING,
    OVER
  }

  // Guarded by this.
  private final Random random = new Random(SEED);
  private final Map<String, Job> jobs = new TreeMap<>();
  private State state = State.CALM;
  private int left;

  private static final class Job {
    private final boolean isRegular;
    private int left = FOR_EACH_JOB;
    private boolean hasRun;

    Job(boolean isRegular) {
      this.isRegular = isRegular;
    }
  }

  /** Begins with so many errors for all that is counted and measured. */
  synchronized void begin(int errors) {
    left = errors;
    state = State.RAGING;
  }

  /** Names a job that comes again and again: the storm is not over before it was struck. */
  synchronized void expect(String name) {
    jobs.put(name, new Job(true));
    LOG.infof("The storm is to strike '%s'.", name);
  }

  /** Strikes anything, perhaps. */
  synchronized void strike() {
    if (state == State.RAGING && left > 0 && random.nextInt(ONE_OF) == 0) {
      left--;
      endIfDone();
      throw error();
    }
  }

  /** Strikes a job at the beginning or the end of a run, perhaps. */
  synchronized void strike(String name) {
    Job job = jobs.computeIfAbsent(name, unexpected -> new Job(false));
    if (state == State.RAGING && job.left > 0 && random.nextBoolean()) {
      job.left--;
      LOG.infof("The storm strikes '%s'.", name);
      endIfDone();
      throw error();
    }
  }

  /** Notes that a job has run from its beginning to its end. */
  synchronized void hasRun(String name) {
    Job job = jobs.get(name);
    if (state == State.OVER && !job.hasRun) {
      job.hasRun = true;
      LOG.infof("After the storm '%s' has run.", name);
    }
  }

  private void endIfDone() {
    if (left == 0
        && jobs.values().stream().filter(job -> job.isRegular).allMatch(job -> job.left == 0)) {
      state = State.OVER;
      LOG.info("The storm is over.");
    }
  }

  private Error error() {
    return switch (random.nextInt(3)) {
      case 0 -> new OutOfMemoryError("of the storm");
      case 1 -> new StackOverflowError("of the storm");
      default -> new NoClassDefFoundError("of the storm");
    };
  }
}
