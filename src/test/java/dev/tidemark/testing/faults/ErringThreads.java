package dev.tidemark.testing.faults;

import dev.tidemark.concurrent.ServerThreads;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;

/** The {@link Storm} in every loop, before its steps and after them, and after delayed tasks. */
@Alternative
@Priority(Interceptor.Priority.APPLICATION)
@ApplicationScoped
public class ErringThreads extends ServerThreads {
  private static final String LATER = "tasks that are to run later";

  @Inject Storm storm;

  @PostConstruct
  void expectTasks() {
    storm.expect(LATER);
  }

  /** Only after it: a task that is to run once, and cannot begin, has nobody to try it again. */
  @Override
  public ScheduledFuture<?> after(Duration delay, Runnable task) {
    return super.after(
        delay,
        () -> {
          task.run();
          storm.strike(LATER);
          storm.hasRun(LATER);
        });
  }

  @Override
  public void loop(String name, Step step) {
    storm.expect(name);
    super.loop(
        name,
        () -> {
          storm.strike(name);
          boolean more = step.run();
          if (more) {
            storm.strike(name);
            storm.hasRun(name);
          }
          return more;
        });
  }
}
