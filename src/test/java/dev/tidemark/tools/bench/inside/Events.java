package dev.tidemark.tools.bench.inside;

import dev.tidemark.log.Draft;
import dev.tidemark.log.EventLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Collections;

/** Writes {@code events} events of {@code bytes} bytes into each session, by the gateway's log. */
@ApplicationScoped
public class Events {
  private static final int CALLERS = 4;
  private static final int BATCH = 250;

  @Inject EventLog log;
  @Inject BenchCallers callers;

  JsonObject write(BenchServlet.Sessions sessions, JsonObject command) {
    String payload = Payload.of(command.getInt("bytes"));
    int events = command.getInt("events");
    long written =
        callers.together(
            CALLERS,
            caller ->
                () -> {
                  long count = 0;
                  for (int session = caller; session < sessions.count(); session += CALLERS) {
                    for (int left = events; left > 0; left -= BATCH) {
                      count += write(sessions.key(session), payload, Math.min(left, BATCH));
                    }
                  }
                  return count;
                });
    return Json.createObjectBuilder().add("written", written).build();
  }

  /** Appends drafts that differ by their ids, which a list of copies of one draft would not. */
  private int write(long sessionKey, String payload, int count) {
    return log.append(
            sessionKey,
            Collections.nCopies(count, payload).stream()
                .map(data -> Draft.of("token_stream", "bench", data))
                .toList())
        .size();
  }
}
