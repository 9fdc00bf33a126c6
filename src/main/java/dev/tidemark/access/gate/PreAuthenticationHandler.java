package dev.tidemark.access.gate;

import dev.tidemark.access.gate.ThrottledCallers.Reminder;
import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.access.revocation.BackchannelLogout;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Runs before the server's own authentication, where no filter runs. So the server's own responses
 * get its headers too, an address with too many failures is refused before its credentials are
 * checked, and a body is complete before a thread waits for it. Runs on the server's I/O threads
 * and never waits.
 */
public final class PreAuthenticationHandler implements HttpHandler {
  private static final Problem FOREIGN =
      new Problem(403, "foreign_origin", "The login form has to be this server's own.");

  private final HttpHandler next;
  private final SecurityHeaders headers;
  private final boolean secureCookies;
  private final ServletContext context;
  private final String sessionCookie;

  PreAuthenticationHandler(
      HttpHandler next,
      SecurityHeaders headers,
      boolean secureCookies,
      ServletContext context,
      String sessionCookie) {
    this.next = next;
    this.headers = headers;
    this.secureCookies = secureCookies;
    this.context = context;
    this.sessionCookie = sessionCookie;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String path = exchange.getRelativePath(); // a forward, as to the login form, changes it
    exchange.addResponseCommitListener( // last, after any reset of the response
        response -> {
          addHeaders(response, path);
          protectCookies(response);
        });
    Optional<StartedGate> gate = StartedGate.in(context);
    if (gate.isPresent()) {
      enter(gate.get(), exchange);
    } else {
      next.handleRequest(exchange);
    }
  }

  private void enter(StartedGate gate, HttpServerExchange exchange) throws Exception {
    Optional<Problem> wrong = gate.heads().refusal(exchange);
    if (wrong.isPresent()) {
      gate.bodies().refuse(exchange, wrong.get());
      return;
    }
    LoginAttempt attempt = LoginAttempt.of(exchange);
    Optional<Problem> refusal = refusal(gate.failures(), exchange, attempt);
    if (refusal.isPresent()) {
      gate.bodies().refuse(exchange, refusal.get());
      return;
    }
    Optional<Reminder> reminder = reminder(gate.throttled(), exchange, attempt);
    if (reminder.isPresent()) {
      gate.bodies().refuseLater(exchange, reminder.get());
      return;
    }
    countIfFailed(gate.failures(), exchange, attempt);
    gate.bodies().receive(exchange, next, brings(exchange));
  }

  private Optional<Problem> refusal(
      FailedLogins failures, HttpServerExchange exchange, LoginAttempt attempt) {
    if (attempt == LoginAttempt.FOREIGN_FORM) {
      return Optional.of(FOREIGN);
    }
    return asksWhoItIs(exchange, attempt) && bringsNoLogin(exchange, attempt)
        ? failures.refusal(ClientAddress.of(exchange))
        : Optional.empty();
  }

  private Optional<Reminder> reminder(
      ThrottledCallers callers, HttpServerExchange exchange, LoginAttempt attempt) {
    return asksWhoItIs(exchange, attempt)
        ? CredentialsHash.of(exchange, sessionCookie).flatMap(callers::reminder)
        : Optional.empty();
  }

  private static void countIfFailed(
      FailedLogins failures, HttpServerExchange exchange, LoginAttempt attempt) {
    if (attempt == LoginAttempt.NONE) {
      return;
    }
    String address = ClientAddress.of(exchange);
    Exchanges.whenComplete(
        exchange,
        () -> {
          if (attempt.hasFailed(exchange)) {
            failures.count(
                address,
                attempt == LoginAttempt.FORM
                    ? PasswordFormHandler.account(exchange)
                    : Optional.empty());
          }
        });
  }

  private void addHeaders(HttpServerExchange exchange, String path) {
    headers
        .of(path, "https".equals(exchange.getRequestScheme()))
        .forEach((name, value) -> exchange.getResponseHeaders().put(new HttpString(name), value));
  }

  /** Covers the server's own login cookies, which the application cannot configure otherwise. */
  private void protectCookies(HttpServerExchange exchange) {
    for (Cookie cookie : exchange.responseCookies()) {
      cookie.setHttpOnly(true);
      cookie.setSecure(secureCookies || cookie.isSecure());
    }
  }

  /**
   * Whether the caller is to be known: at the socket, at REST, and wherever the request says who it
   * is. The provider's logout says that in its own way and has a limit of its own: the provider may
   * be at an address with others.
   */
  private static boolean asksWhoItIs(HttpServerExchange exchange, LoginAttempt attempt) {
    String path = exchange.getRelativePath();
    return !path.equals(BackchannelLogout.PATH)
        && (attempt != LoginAttempt.NONE || Exchanges.isSocket(exchange) || Exchanges.isApi(path));
  }

  /**
   * Whether the request has to be authenticated anew. The cookie of a login costs nothing to check,
   * and its user must not suffer for others at that address; {@link AccessFilter} checks the
   * cookie.
   */
  private boolean bringsNoLogin(HttpServerExchange exchange, LoginAttempt attempt) {
    return switch (attempt) {
      case HEADER, FORM, FOREIGN_FORM, CODE -> true;
      case NONE, TICKET -> exchange.getRequestCookie(sessionCookie) == null;
    };
  }

  private boolean brings(HttpServerExchange exchange) {
    return exchange.getRequestHeaders().contains(Headers.AUTHORIZATION)
        || exchange.getRequestCookie(sessionCookie) != null;
  }
}
