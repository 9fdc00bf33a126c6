package dev.tidemark.testing.agents;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import jakarta.enterprise.context.ApplicationScoped;

/** Throws an error that no agent should throw, with a secret in its message. */
@ApplicationScoped
public class Broken implements Agent {
  @Override
  public String id() {
    return "broken";
  }

  @Override
  public void run(TurnInput input, TurnOutput output) {
    output.token("so far so good");
    throw new StackOverflowError("the password is swordfish");
  }
}
