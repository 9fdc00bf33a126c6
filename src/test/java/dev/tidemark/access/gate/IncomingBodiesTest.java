package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metrics;
import dev.tidemark.testing.client.RawRequest;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever fails, a request is answered or tried again, and its place is given back. */
final class IncomingBodiesTest {
  private static final String HEAD = "POST /api/sessions/s/events";

  private final BlockingQueue<String> errors = new LinkedBlockingQueue<>();
  private final List<String> refused = new ArrayList<>();
  private final IncomingBodies bodies = new IncomingBodies();
  private final BlockingQueue<HttpServerExchange> kept = new LinkedBlockingQueue<>();
  private Undertow server;
  private URI address;

  /** Deadlines that cannot be set while errors are told of. */
  private final class ErringDeadlines extends Deadlines {
    @Override
    Deadline set(
        HttpServerExchange exchange, Duration time, BooleanSupplier hasBegun, Runnable late) {
      if (hasBegun.getAsBoolean() && errors.poll() != null) { // that of a body
        throw new OutOfMemoryError("of the test");
      }
      return super.set(exchange, time, hasBegun, late);
    }
  }

  /** Task threads of which there are none while errors are told of. */
  private final class ErringThreads extends TaskThreads {
    @Override
    Executor server(HttpServerExchange exchange) {
      return task -> {
        if (errors.poll() != null) {
          throw new RejectedExecutionException("of the test");
        }
        super.server(exchange).execute(task);
      };
    }
  }

  @BeforeEach
  void start() {
    Settings settings =
        Settings.of(
            key ->
                Optional.of("1")
                    .filter(one -> key.equals(RequestSettings.BODIES_PER_ADDRESS.key())));
    bodies.settings = settings;
    bodies.limits = new BodyLimits(settings);
    bodies.deadlines = new ErringDeadlines();
    TaskThreads taskThreads = new ErringThreads();
    taskThreads.settings = settings;
    bodies.taskThreads = taskThreads;
    bodies.memory = new NodeMemory(settings, new Metrics() {});
    bodies.quotas = new Quotas(settings);
    bodies.refusals =
        new Refusals() {
          @Override
          public void record(Refusal refusal) {
            refused.add(refusal.code());
          }
        };
    server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setHandler(
                exchange -> {
                  kept.add(exchange);
                  bodies.receive(exchange, served -> served.getResponseSender().send("ok"), true);
                })
            .build();
    server.start();
    InetSocketAddress bound = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    address = URI.create("http://127.0.0.1:" + bound.getPort());
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void aBodyWhoseDeadlineCannotBeSetGivesItsPlaceBack() throws IOException {
    errors.add("no deadline");
    try (RawRequest failing = RawRequest.connect(address)) {
      failing.head(HEAD, "Content-Length: 2");
      assertTrue(failing.hasNoMore());
    }
    try (RawRequest next = RawRequest.connect(address)) {
      next.head(HEAD, "Content-Length: 2");
      assertEquals(200, next.send("{}").read().status());
    }
    assertEquals(List.of(), refused);
  }

  @Test
  void aRequestThatGetsNoThreadIsToldSo() throws IOException {
    errors.add("no thread");
    try (RawRequest request = RawRequest.connect(address)) {
      request.head("GET /api/me");
      assertEquals(503, request.read().status());
      assertEquals(List.of("unavailable"), refused);
      request.head("GET /api/me");
      assertEquals(200, request.read().status());
    }
  }

  /** The I/O thread is gone here, and takes nothing any more. */
  @Test
  void whatIsLateAndCannotBeEndedIsTriedAgain() throws IOException, InterruptedException {
    try (RawRequest late = RawRequest.connect(address)) {
      late.head(HEAD, "Content-Length: 2");
      HttpServerExchange exchange = kept.take();
      server.stop();
      Deadlines deadlines = new Deadlines();
      var unused = deadlines.set(exchange, Duration.ZERO, () -> true, () -> {});
      deadlines.look();
      assertEquals(1, deadlines.running());
    }
  }
}
