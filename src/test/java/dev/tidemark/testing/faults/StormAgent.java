package dev.tidemark.testing.faults;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonString;

/** Begins a storm of as many errors as the message says, and fails with one of its own. */
@ApplicationScoped
public class StormAgent implements Agent {
  @Inject Storm storm;

  @Override
  public String id() {
    return "storm";
  }

  @Override
  public void run(TurnInput input, TurnOutput output) {
    storm.begin(Integer.parseInt(((JsonString) input.content()).getString()));
    throw new OutOfMemoryError("of the storm");
  }
}
