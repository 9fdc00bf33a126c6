package dev.tidemark.access.gate;

import dev.tidemark.wire.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormData;
import io.undertow.server.handlers.form.FormDataParser;
import io.undertow.server.handlers.form.FormParserFactory;
import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Counts wrong passwords of the login form by account and address, and refuses the form where there
 * were too many, before the server looks at it. It comes after {@link PreAuthenticationHandler}, so
 * the form is complete, and the server then uses what was read.
 */
final class PasswordFormHandler implements HttpHandler {
  private static final String ACCOUNT = "j_username";

  private final HttpHandler next;
  private final ServletContext context;
  private final FormParserFactory parsers = FormParserFactory.builder().build();

  PasswordFormHandler(HttpHandler next, ServletContext context) {
    this.next = next;
    this.context = context;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Optional<FailedLogins> failures = FailedLogins.in(context);
    FormDataParser parser =
        failures.isPresent() && isForm(exchange) ? parsers.createParser(exchange) : null;
    if (parser == null) {
      next.handleRequest(exchange);
    } else {
      parser.parse(complete -> read(complete, failures.get()));
    }
  }

  private static boolean isForm(HttpServerExchange exchange) {
    return LoginAttempt.isForm(exchange.getRequestMethod().toString(), exchange.getRelativePath());
  }

  private void read(HttpServerExchange exchange, FailedLogins failures) throws Exception {
    String account = account(exchange);
    String address = Exchanges.addressOf(exchange);
    Optional<Problem> refusal = failures.refusalOfPassword(address, account);
    if (refusal.isPresent()) {
      failures.bodies().refuse(exchange, refusal.get());
      return;
    }
    Exchanges.whenComplete(
        exchange,
        () -> {
          if (LoginAttempt.FORM.hasFailed(exchange)) {
            failures.countPassword(address, account);
          }
        });
    next.handleRequest(exchange);
  }

  private static String account(HttpServerExchange exchange) {
    FormData.FormValue account = exchange.getAttachment(FormDataParser.FORM_DATA).getFirst(ACCOUNT);
    return account == null || account.isFileItem() ? "" : account.getValue();
  }
}
