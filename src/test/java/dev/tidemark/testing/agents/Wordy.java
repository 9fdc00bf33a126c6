package dev.tidemark.testing.agents;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObject;

/**
 * Says as much as the message's metadata asks for: {@code {"reasoning":{"events":9,"bytes":999}}},
 * {@code {"tools":{"calls":9,"bytes":999}}}, {@code {"token":bytes}}, {@code {"state":bytes}},
 * {@code {"answer":bytes}}, {@code {"quotes":n}} (an answer of characters that JSON doubles).
 */
@ApplicationScoped
public class Wordy implements Agent {
  @Override
  public String id() {
    return "wordy";
  }

  @Override
  public void run(TurnInput input, TurnOutput output) {
    JsonObject wishes = input.metadata();
    if (wishes.get("reasoning") instanceof JsonObject reasoning) {
      for (int i = 0; i < reasoning.getInt("events"); i++) {
        output.reasoning("r".repeat(reasoning.getInt("bytes")));
      }
    }
    if (wishes.get("tools") instanceof JsonObject tools) {
      for (int i = 1; i <= tools.getInt("calls"); i++) {
        output.toolCall("call-" + i, "look", Json.createObjectBuilder().add("at", i).build());
        output.toolResult("call-" + i, "look", Json.createValue("v".repeat(tools.getInt("bytes"))));
      }
    }
    if (wishes.containsKey("token")) {
      output.token("t".repeat(wishes.getInt("token")));
    }
    if (wishes.containsKey("state")) {
      output.mergeState(
          Json.createObjectBuilder().add("kept", "s".repeat(wishes.getInt("state"))).build());
    }
    if (wishes.containsKey("answer")) {
      output.answer(Json.createValue("a".repeat(wishes.getInt("answer"))));
    }
    if (wishes.containsKey("quotes")) {
      output.answer(Json.createValue("\"".repeat(wishes.getInt("quotes"))));
    }
  }
}
