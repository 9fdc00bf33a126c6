package dev.tidemark.tools.bench.inside;

import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends at a steady pace, independent of earlier appends, and reports latencies: each from the
 * moment at which the append was due, so that a stall counts for all that it held up.
 */
@ApplicationScoped
public class PacedAppends {
  @Inject Appender appender;

  JsonObject run(BenchServlet.Sessions sessions, JsonObject command) {
    int perSecond = command.getInt("per_second");
    int count = (int) (perSecond * (long) command.getInt("millis") / 1_000);
    String payload = Payload.of(command.getInt("bytes"));
    long[] nanos = new long[count];
    CompletableFuture<?>[] appends = new CompletableFuture<?>[count];
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      int index = i;
      long due = begin + i * 1_000_000_000L / perSecond;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      appends[i] =
          appender
              .append(sessions.key(i), List.of(Draft.of("message", "alice", payload)))
              .thenAccept(events -> nanos[index] = System.nanoTime() - due)
              .toCompletableFuture();
    }
    CompletableFuture.allOf(appends).join();
    Arrays.sort(nanos);
    return Json.createObjectBuilder()
        .add("p50_millis", nanos[count / 2] / 1e6)
        .add("p99_millis", nanos[(int) (count * 0.99)] / 1e6)
        .add("max_millis", nanos[count - 1] / 1e6)
        .build();
  }
}
