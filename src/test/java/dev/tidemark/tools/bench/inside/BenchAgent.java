package dev.tidemark.tools.bench.inside;

import dev.tidemark.agent.Agent;
import dev.tidemark.agent.TurnInput;
import dev.tidemark.agent.TurnOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes tokens, each with its time, as the metadata asks: {@code
 * {"tokens":n,"bytes":b,"every_micros":m}}. The first one is an interval late, clear of the start
 * of the turn, and a random part of one later, so that sessions do not write in step.
 */
@ApplicationScoped
public class BenchAgent implements Agent {
  @Override
  public String id() {
    return "bench";
  }

  @Override
  public void run(TurnInput input, TurnOutput output) {
    JsonObject wishes = input.metadata();
    int tokens = wishes.getInt("tokens");
    long everyMicros = wishes.getInt("every_micros", 0);
    long begin = Clock.micros() + ThreadLocalRandom.current().nextLong(everyMicros + 1);
    for (int i = 0; i < tokens; i++) {
      long early = begin + (i + 1) * everyMicros - Clock.micros();
      if (early > 0) {
        output.pause(Duration.ofNanos(early * 1_000));
      }
      output.token(Payload.stamped(Clock.micros(), wishes.getInt("bytes")));
    }
    output.answer(Json.createValue("said"));
  }
}
