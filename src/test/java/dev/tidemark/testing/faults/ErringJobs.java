package dev.tidemark.testing.faults;

import dev.tidemark.concurrent.BackgroundJobs;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;

/** The {@link Storm} in every periodic job, before its runs and after them. All run often. */
@Alternative
@Priority(Interceptor.Priority.APPLICATION)
@ApplicationScoped
public class ErringJobs extends BackgroundJobs {
  private static final Duration OFTEN = Duration.ofMillis(250);

  @Inject Storm storm;

  @Override
  public void every(String name, Duration first, Duration period, Runnable job) {
    super.every(name, often(first), often(period), struck(name, job));
  }

  @Override
  public void everyAtLeisure(String name, Duration period, Runnable job) {
    super.everyAtLeisure(name, often(period), struck(name, job));
  }

  @Override
  public void everyOnScheduler(String name, Duration period, Runnable job) {
    super.everyOnScheduler(name, often(period), struck(name, job));
  }

  /** Only after it: a task that is to run once, and cannot begin, has nobody to try it again. */
  @Override
  public void soon(Runnable job) {
    super.soon(
        () -> {
          job.run();
          storm.strike("soon");
        });
  }

  private static Duration often(Duration period) {
    return period.compareTo(OFTEN) < 0 ? period : OFTEN;
  }

  private Runnable struck(String name, Runnable job) {
    storm.expect(name);
    return () -> {
      storm.strike(name);
      job.run();
      storm.strike(name);
      storm.hasRun(name);
    };
  }
}
