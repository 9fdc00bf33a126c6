package dev.tidemark.access.gate;

import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.limit.Quotas;
import dev.tidemark.concurrent.FairLine;
import dev.tidemark.config.RequestSettings;
import dev.tidemark.config.Settings;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Gives requests to the server's task threads. Those of one address have half of the threads at
 * most, and of these the ones with the same credentials a few, whatever they wait for; the others
 * stand in line meanwhile, for which no thread is needed.
 */
@ApplicationScoped
class TaskThreads {
  /** What the server itself takes for each processor. */
  private static final int FOR_EACH_PROCESSOR = 16;

  @Inject Settings settings;

  private volatile String loginCookie = "";

  /** Made for the first request, which knows the server's executor. Guarded by this. */
  private Optional<FairLine> line = Optional.empty();

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    if (event instanceof ServletContext context) {
      loginCookie = Exchanges.loginCookie(context);
    }
  }

  /**
   * Serves the request on a task thread, soon.
   *
   * @param tooMany called at once, on this thread, if too many of its address stand in line
   * @param noThread called on the I/O thread if the server has no thread for it
   */
  void serve(
      HttpServerExchange exchange, HttpHandler next, HttpHandler tooMany, HttpHandler noThread) {
    String network = Quotas.network(ClientAddress.of(exchange));
    Object member =
        CredentialsHash.of(exchange, loginCookie)
            .<Object>map(CredentialsHash::hex)
            .orElse(exchange.getConnection()); // strangers are not one caller
    FairLine threads = line(server(exchange));
    exchange.dispatch(
        task -> {
          if (!threads.add(network, member, task, () -> refuse(exchange, noThread))) {
            Connectors.executeRootHandler(tooMany, exchange);
          }
        },
        next);
  }

  /** Its class is one of the server's private ones, and need not be known here. */
  Executor server(HttpServerExchange exchange) {
    return exchange.getConnection().getWorker();
  }

  /** Whoever cannot even be told so is cut off, and does not wait for ever. */
  private static void refuse(HttpServerExchange exchange, HttpHandler noThread) {
    Executor owner = exchange.getIoThread();
    try {
      owner.execute(() -> Connectors.executeRootHandler(noThread, exchange));
    } catch (RuntimeException | Error e) {
      Exchanges.cut(exchange);
    }
  }

  private synchronized FairLine line(Executor server) {
    if (line.isEmpty()) {
      int set = settings.get(RequestSettings.TASK_THREADS);
      int threads = set > 0 ? set : FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors();
      line =
          Optional.of(
              new FairLine(
                  server,
                  threads,
                  Math.max(1, threads / 2),
                  Math.min(
                      settings.get(RequestSettings.THREADS_PER_CALLER),
                      settings.get(RequestSettings.REQUESTS_AT_ONCE)),
                  settings.get(RequestSettings.REQUESTS_WAITING)));
    }
    return line.get();
  }
}
