package dev.tidemark.testing.agents;

import dev.tidemark.turn.Agent;
import dev.tidemark.turn.TurnInput;
import dev.tidemark.turn.TurnOutput;
import jakarta.enterprise.context.ApplicationScoped;

/** Throws what no agent should, with a secret in it. */
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
