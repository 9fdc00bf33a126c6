package dev.tidemark.access.gate;

import dev.tidemark.access.limit.QuotaExceededException;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Deque;
import java.util.Optional;

/**
 * What a request says to prove who sends it. A failure counts against an address only if no page of
 * another site can make its visitors' browsers cause it: any page could use up what their address
 * has. So a request that says nothing never counts, and neither does what any link can say.
 */
enum LoginAttempt {
  /** Nothing, or only what a link can say. */
  NONE,
  /** An {@code Authorization} header of any kind; other pages cannot add one. */
  HEADER,
  /** A ticket. A foreign page's handshake is refused before its ticket is looked at. */
  TICKET,
  /** The login form, of a page of this server or a program. */
  FORM,
  /** The login form, sent by another site's page: refused without a look at it. */
  FOREIGN_FORM,
  /**
   * The way back from the provider to the browser that was sent there. A code without that
   * browser's cookie is refused by the server without a question to the provider.
   */
  CODE;

  private static final String LOGIN = "j_security_check";
  private static final String TICKET_PROTOCOL = "ticket.";

  /** The server's cookie for a login that is under way at the provider. */
  private static final String STATE_COOKIE = "OAuth_Token_Request_State";

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;

  static LoginAttempt of(HttpServerExchange exchange) {
    if (isForm(exchange.getRequestMethod().toString(), exchange.getRelativePath())) {
      return isForeign(exchange) ? FOREIGN_FORM : FORM;
    }
    if (exchange.getRequestHeaders().contains(Headers.AUTHORIZATION)) {
      return HEADER;
    }
    if (Exchanges.isSocket(exchange) && bringsTicket(exchange)) {
      return TICKET;
    }
    return comesFromProvider(exchange) ? CODE : NONE;
  }

  /**
   * Whether the server takes a request for a submitted form: by the last part of its path, which
   * for the server ends at a semicolon, also at an encoded one.
   */
  static boolean isForm(String method, String path) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    int end = last.indexOf(';');
    return method.equals("POST") && (end < 0 ? last : last.substring(0, end)).equals(LOGIN);
  }

  /** Whether the attempt has failed, by the response. */
  boolean hasFailed(HttpServerExchange done) {
    return switch (this) {
      case NONE, FOREIGN_FORM -> false;
      case HEADER, TICKET -> done.getStatusCode() == UNAUTHORIZED;
      case FORM ->
          done.getStatusCode() != QuotaExceededException.STATUS // refused without a look at it
              && (done.getSecurityContext() == null
                  || done.getSecurityContext().getAuthenticatedAccount() == null);
      case CODE -> done.getStatusCode() >= BAD_REQUEST;
    };
  }

  /** A browser says where a form comes from by one of three headers; a program by none. */
  private static boolean isForeign(HttpServerExchange exchange) {
    return FetchMetadata.isForeign(exchange).orElseGet(() -> comesFromElsewhere(exchange));
  }

  private static boolean comesFromElsewhere(HttpServerExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.ORIGIN))
        .or(() -> Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.REFERER)))
        .filter(
            from ->
                !Origin.isOwn(
                    from,
                    exchange.getRequestScheme(),
                    exchange.getHostName(),
                    exchange.getHostPort()))
        .isPresent();
  }

  private static boolean bringsTicket(HttpServerExchange exchange) {
    HeaderValues protocols = exchange.getRequestHeaders().get(Headers.SEC_WEB_SOCKET_PROTOCOL);
    return protocols != null
        && protocols.stream().anyMatch(value -> value.contains(TICKET_PROTOCOL));
  }

  private static boolean comesFromProvider(HttpServerExchange exchange) {
    Deque<String> state = exchange.getQueryParameters().get("state");
    Cookie cookie = exchange.getRequestCookie(STATE_COOKIE);
    return exchange.getQueryParameters().containsKey("code")
        && state != null
        && cookie != null
        && state.contains(cookie.getValue());
  }
}
