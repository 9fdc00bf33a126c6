package dev.tidemark.access.gate;

import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.limit.LoginForms;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Refuses a request for which the server would make one HTTP session too many for its address. Runs
 * before the server's authentication, where the request's own session is known: a cookie may be
 * made up, and whoever has a session gets no other.
 */
final class LoginFormsHandler implements HttpHandler {
  private static final Problem EMBEDDED =
      new Problem(403, "foreign_origin", "Another page may link to this one, but not load it.");

  private final HttpHandler next;
  private final ServletContext context;
  private final OpenPaths open;

  LoginFormsHandler(HttpHandler next, ServletContext context, OpenPaths open) {
    this.next = next;
    this.context = context;
    this.open = open;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Optional<StartedGate> gate = StartedGate.in(context);
    if (gate.isPresent() && mayMakeSession(exchange)) {
      Optional<Problem> refusal = refusal(exchange);
      if (refusal.isPresent()) {
        gate.get().bodies().refuse(exchange, refusal.get());
        return;
      }
    }
    next.handleRequest(exchange);
  }

  /** What another page loads is not counted: its visitor's address would be refused for it. */
  private Optional<Problem> refusal(HttpServerExchange exchange) {
    if (FetchMetadata.isEmbedded(exchange)) {
      return Optional.of(EMBEDDED);
    }
    try {
      LoginForms.in(context).check(ClientAddress.of(exchange));
      return Optional.empty();
    } catch (QuotaExceededException e) {
      return Optional.of(e.problem());
    }
  }

  private boolean mayMakeSession(HttpServerExchange exchange) {
    String path = exchange.getRelativePath();
    return (!open.contains(path)
            || LoginAttempt.isForm(exchange.getRequestMethod().toString(), path))
        && requestOf(exchange).getSession(false) == null;
  }

  private static HttpServletRequest requestOf(HttpServerExchange exchange) {
    return exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY).getOriginalRequest();
  }
}
