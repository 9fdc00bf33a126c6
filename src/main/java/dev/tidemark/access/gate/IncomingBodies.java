package dev.tidemark.access.gate;

import dev.tidemark.access.Caller;
import dev.tidemark.access.gate.Deadlines.Deadline;
import dev.tidemark.access.gate.ThrottledCallers.Reminder;
import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.limit.NodeMemory;
import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.record.Refusals;
import dev.tidemark.concurrent.ServerThreads;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.wire.Problem;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Receives the bodies of all requests before a thread is taken that serves them, and watches that
 * their responses are read: no client holds a thread by being slow. Runs on the server's I/O
 * threads and never waits.
 */
@ApplicationScoped
public class IncomingBodies {
  private static final int TOO_LARGE = 413;
  private static final int TIMED_OUT = 408;

  /** A header of the server's own, which takes any number that is in it. */
  private static final String CONTENT_LENGTH_OF_THE_SERVER = "X-Content-Length";

  static final Problem TOO_MUCH =
      new Problem(503, "unavailable", "Too much is on its way to this node. Come again.", 5);

  private static final Problem NO_THREAD =
      new Problem(503, "unavailable", "This node has no thread for the request. Come again.", 5);

  private static final Problem TOO_MANY =
      new Problem(429, Quota.REQUESTS.code(), "Too many requests of this address wait.", 1);

  /** A client that obeys has waited for longer. */
  private static final Duration REFUSED_AFTER = Duration.ofMillis(900);

  @Inject BodyLimits limits;
  @Inject Deadlines deadlines;
  @Inject TaskThreads taskThreads;
  @Inject NodeMemory memory;
  @Inject Quotas quotas;
  @Inject Refusals refusals;
  @Inject Settings settings;
  @Inject ServerThreads threads;

  /**
   * Hands the request on as soon as its body is complete, or refuses it.
   *
   * @param brings whether it brings credentials, right or wrong
   */
  public void receive(HttpServerExchange exchange, HttpHandler next, boolean brings) {
    watchResponse(exchange);
    if (exchange.isRequestComplete()) {
      serve(exchange, next);
      return;
    }
    long maxBytes =
        limits.of(exchange.getRequestMethod().toString(), exchange.getRelativePath(), brings);
    if (exchange.getRequestContentLength() > maxBytes) {
      refuse(exchange, tooLarge(maxBytes));
      return;
    }
    exchange.getRequestHeaders().remove(CONTENT_LENGTH_OF_THE_SERVER);
    new IncomingBody(exchange, next, this, maxBytes).receive();
  }

  /** Hands a complete request on. */
  void serve(HttpServerExchange exchange, HttpHandler next) {
    taskThreads.serve(
        exchange,
        next,
        unused -> refuse(exchange, TOO_MANY),
        unused -> refuse(exchange, NO_THREAD));
  }

  private void watchResponse(HttpServerExchange exchange) {
    Deadline deadline =
        deadlines.set(
            exchange,
            settings.get(RequestSettings.RESPONSE_TIME),
            exchange::isResponseStarted,
            () -> Exchanges.cut(exchange));
    Exchanges.whenComplete(exchange, deadline::cancel);
  }

  /** Sets the deadline for a body. */
  Deadline deadline(HttpServerExchange exchange, Runnable late) {
    return deadlines.set(exchange, settings.get(RequestSettings.BODY_TIME), () -> true, late);
  }

  /**
   * Refuses a request and records it. What its client still sends is dropped, for as long as a body
   * may take.
   */
  public void refuse(HttpServerExchange exchange, Problem problem) {
    refuse(exchange, problem, Optional.empty(), () -> {});
  }

  /**
   * Refuses somebody who was told to wait and does not. The response comes late, for which no
   * thread waits: whoever asks in a loop gets one refusal in that time on each connection.
   */
  void refuseLater(HttpServerExchange exchange, Reminder reminder) {
    Executor ioThread = exchange.getIoThread();
    exchange.dispatch(
        task -> {
          var unused = threads.after(REFUSED_AFTER, () -> ioThread.execute(task));
        },
        () -> {
          if (exchange.getConnection().isOpen()) {
            Connectors.executeRootHandler(
                late -> refuse(late, reminder.problem(), Optional.of(reminder.caller()), () -> {}),
                exchange);
          } else {
            exchange.endExchange();
          }
        });
  }

  /**
   * @param gone run when the connection had to be cut
   */
  void refuse(HttpServerExchange exchange, Problem problem, Runnable gone) {
    refuse(exchange, problem, Optional.empty(), gone);
  }

  private void refuse(
      HttpServerExchange exchange, Problem problem, Optional<Caller> caller, Runnable gone) {
    refusals.record(
        Refusal.ofRequest(
            new Refusal.Requester(
                caller.map(Caller::name),
                caller.map(Caller::tenant),
                Optional.of(ClientAddress.of(exchange)),
                Exchanges.userAgentOf(exchange),
                Optional.empty()),
            Exchanges.operationOf(exchange),
            problem));
    if (!exchange.isRequestComplete()) {
      exchange.setPersistent(false);
      Deadline deadline =
          deadline(
              exchange,
              () -> {
                Exchanges.cut(exchange);
                gone.run();
              });
      Exchanges.whenComplete(exchange, deadline::cancel);
    }
    allowToRead(exchange);
    Exchanges.respond(exchange, problem);
  }

  private void allowToRead(HttpServerExchange exchange) {
    if (Exchanges.isApi(exchange.getRelativePath())) {
      exchange.getResponseHeaders().add(Headers.VARY, "Origin");
      Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.ORIGIN))
          .filter(settings.get(AccessSettings.ORIGINS)::contains)
          .ifPresent(origin -> Cors.allow(origin, exchange));
    }
  }

  static Problem tooLarge(long maxBytes) {
    return new Problem(
        TOO_LARGE,
        "payload_too_large",
        maxBytes == 0
            ? "This request takes no body."
            : "The body of this request may have at most " + maxBytes + " bytes.");
  }

  Problem late() {
    Duration time = settings.get(RequestSettings.BODY_TIME);
    return new Problem(
        TIMED_OUT, "body_timeout", "A body has to come within " + time.toMillis() + " ms.");
  }
}
