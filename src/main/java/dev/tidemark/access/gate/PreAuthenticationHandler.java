package dev.tidemark.access.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.wire.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import jakarta.servlet.ServletContext;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Runs before the server's own authentication, where no filter runs. So the server's own responses
 * get its headers too, and an address with too many failures is refused before its credentials are
 * checked. Runs on the server's I/O threads and never waits.
 */
public final class PreAuthenticationHandler implements HttpHandler {
  private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
  private static final String LOGIN = "/j_security_check";
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;

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
    Optional<FailedLogins> failures = FailedLogins.in(context);
    if (failures.isPresent() && asksWhoItIs(exchange)) {
      String address = addressOf(exchange);
      Optional<Problem> refusal = failures.get().refusal(address);
      if (refusal.isPresent() && bringsNoLogin(exchange)) {
        failures.get().record(refusal.get(), operationOf(exchange), address, userAgentOf(exchange));
        respond(exchange, refusal.get());
        return;
      }
      boolean login = isLogin(exchange);
      boolean back = comesFromProvider(exchange);
      exchange.addExchangeCompleteListener(
          (done, others) -> {
            if (login ? isNobody(done) : hasFailed(done, back)) {
              failures.get().count(address);
            }
            others.proceed();
          });
    }
    next.handleRequest(exchange);
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
   * Whether the path takes credentials: the socket, REST, the login form, the way back from a
   * provider.
   */
  private static boolean asksWhoItIs(HttpServerExchange exchange) {
    String path = exchange.getRelativePath();
    return path.equals(AccessRequest.SOCKET)
        || path.startsWith("/api/")
        || isLogin(exchange)
        || comesFromProvider(exchange);
  }

  private static boolean isLogin(HttpServerExchange exchange) {
    return exchange.getRelativePath().endsWith(LOGIN);
  }

  private static boolean comesFromProvider(HttpServerExchange exchange) {
    return exchange.getQueryParameters().containsKey("code");
  }

  /**
   * Whether the request has to be authenticated anew. The cookie of a login costs nothing to check,
   * and its user must not suffer for others at that address; {@link AccessFilter} checks the
   * cookie.
   */
  private boolean bringsNoLogin(HttpServerExchange exchange) {
    return exchange.getRequestHeaders().contains(Headers.AUTHORIZATION)
        || exchange.getRequestCookie(sessionCookie) == null
        || isLogin(exchange)
        || comesFromProvider(exchange);
  }

  private static boolean isNobody(HttpServerExchange exchange) {
    return exchange.getSecurityContext() == null
        || exchange.getSecurityContext().getAuthenticatedAccount() == null;
  }

  /**
   * A request without credentials that another site's page makes a browser send is not counted:
   * otherwise any page could use up the quota of its visitors' address.
   */
  private static boolean hasFailed(HttpServerExchange exchange, boolean comesFromProvider) {
    boolean strayed =
        "cross-site".equals(exchange.getRequestHeaders().getFirst(FETCH_SITE))
            && !exchange.getRequestHeaders().contains(Headers.AUTHORIZATION)
            && !exchange.getRequestHeaders().contains(Headers.SEC_WEB_SOCKET_PROTOCOL);
    return comesFromProvider
        ? exchange.getStatusCode() >= BAD_REQUEST
        : exchange.getStatusCode() == UNAUTHORIZED && !strayed;
  }

  private static void respond(HttpServerExchange exchange, Problem problem) {
    exchange.setStatusCode(problem.status());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> exchange.getResponseHeaders().put(Headers.RETRY_AFTER, seconds));
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
    exchange.getResponseSender().send(problem.json(), UTF_8);
  }

  /** The client's address, also behind a proxy that the server's listener trusts. */
  private static String addressOf(HttpServerExchange exchange) {
    InetSocketAddress source = exchange.getSourceAddress();
    return source.getAddress() == null
        ? source.getHostString()
        : source.getAddress().getHostAddress();
  }

  private static String operationOf(HttpServerExchange exchange) {
    return exchange.getRelativePath().equals(AccessRequest.SOCKET) ? "handshake" : "request";
  }

  private static Optional<String> userAgentOf(HttpServerExchange exchange) {
    return CurrentCaller.printable(exchange.getRequestHeaders().getFirst(Headers.USER_AGENT));
  }
}
