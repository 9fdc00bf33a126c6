package dev.tidemark.access.gate;

import dev.tidemark.access.limit.ClientAddress;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormData;
import io.undertow.server.handlers.form.FormDataParser;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the login form, and refuses it before the server looks at it where this address has guessed
 * too often at the form's account. It comes after {@link PreAuthenticationHandler}, which counts,
 * so the form is complete, and the server then uses what was read. What is in the address does not
 * count: no password belongs there.
 */
final class PasswordFormHandler implements HttpHandler {
  private static final String ACCOUNT = "j_username";
  private static final Set<String> FIELDS = Set.of(ACCOUNT, "j_password");

  private static final Problem OTHER_TYPE =
      new Problem(
          415,
          "invalid_request",
          "The login form has to come as application/x-www-form-urlencoded.");
  private static final Problem UNREADABLE =
      new Problem(400, "invalid_request", "The login form cannot be read.");

  private final HttpHandler next;
  private final ServletContext context;

  PasswordFormHandler(HttpHandler next, ServletContext context) {
    this.next = next;
    this.context = context;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Optional<StartedGate> gate = StartedGate.in(context);
    if (gate.isEmpty() || !isForm(exchange)) {
      next.handleRequest(exchange);
      return;
    }
    exchange.getQueryParameters().keySet().removeAll(FIELDS); // the server would prefer them
    if (!UrlEncodedForm.isIn(exchange)) {
      gate.get().bodies().refuse(exchange, OTHER_TYPE);
      return;
    }
    try {
      exchange.putAttachment(FormDataParser.FORM_DATA, UrlEncodedForm.read(exchange));
    } catch (RuntimeException e) {
      gate.get().bodies().refuse(exchange, UNREADABLE);
      return;
    }
    guard(exchange, gate.get());
  }

  private static boolean isForm(HttpServerExchange exchange) {
    return LoginAttempt.isForm(exchange.getRequestMethod().toString(), exchange.getRelativePath());
  }

  private void guard(HttpServerExchange exchange, StartedGate gate) throws Exception {
    String address = ClientAddress.of(exchange);
    Optional<Problem> refusal =
        account(exchange).flatMap(account -> gate.failures().refusal(address, account));
    if (refusal.isPresent()) {
      gate.bodies().refuse(exchange, refusal.get());
    } else {
      next.handleRequest(exchange);
    }
  }

  /** The account that a form names; empty if none was read, or it names none. */
  static Optional<String> account(HttpServerExchange exchange) {
    return Optional.ofNullable(exchange.getAttachment(FormDataParser.FORM_DATA))
        .map(form -> form.getFirst(ACCOUNT))
        .filter(account -> !account.isFileItem())
        .map(FormData.FormValue::getValue);
  }
}
