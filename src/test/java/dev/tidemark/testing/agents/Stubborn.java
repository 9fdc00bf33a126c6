package dev.tidemark.testing.agents;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import dev.tidemark.agent.TurnOverException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.locks.LockSupport;

/** Writes for a minute, even if its turn is over long before. */
@ApplicationScoped
public class Stubborn implements Agent {
  private static final long PAUSE_NANOS = 20_000_000;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  @Override
  public String id() {
    return "stubborn";
  }

  @Override
  public void run(TurnInput input, TurnOutput output) {
    output.token("first");
    for (long start = System.nanoTime(); System.nanoTime() - start < LONGEST_NANOS; ) {
      try {
        output.reasoning("and on");
      } catch (TurnOverException e) {
        // ignored on purpose
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
