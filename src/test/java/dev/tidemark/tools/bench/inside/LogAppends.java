package dev.tidemark.tools.bench.inside;

import dev.tidemark.log.Appender;
import dev.tidemark.log.Draft;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Appends one event each through the gateway's own log, with a constant number outstanding: each
 * caller appends again when its last append is durable.
 */
@ApplicationScoped
public class LogAppends {
  @Inject Appender appender;

  JsonObject run(BenchServlet.Sessions sessions, JsonObject command) {
    int outstanding = command.getInt("outstanding");
    long begin = System.nanoTime();
    long end = begin + command.getInt("millis") * 1_000_000L;
    Run run = new Run(sessions, Payload.of(command.getInt("bytes")), end);
    CompletableFuture.allOf(
            IntStream.range(0, outstanding).mapToObj(run::caller).toArray(CompletableFuture[]::new))
        .join();
    return Json.createObjectBuilder()
        .add("per_second", run.appended.get() / ((System.nanoTime() - begin) / 1e9))
        .add("appended", run.appended.get())
        .build();
  }

  private final class Run {
    private final BenchServlet.Sessions sessions;
    private final String payload;
    private final long end;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong appended = new AtomicLong();

    Run(BenchServlet.Sessions sessions, String payload, long end) {
      this.sessions = sessions;
      this.payload = payload;
      this.end = end;
    }

    CompletableFuture<Void> caller(int number) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      appendAgain(done);
      return done;
    }

    /** Begins the next append on the thread that reports the last one, as a caller would. */
    private void appendAgain(CompletableFuture<Void> done) {
      if (System.nanoTime() >= end) {
        done.complete(null);
        return;
      }
      appender
          .append(
              sessions.key(next.getAndIncrement()), List.of(Draft.of("message", "alice", payload)))
          .whenComplete(
              (events, failure) -> {
                if (failure == null) {
                  appended.incrementAndGet();
                  appendAgain(done);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    }
  }
}
