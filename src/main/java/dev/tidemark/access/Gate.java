package dev.tidemark.access;

import dev.tidemark.ops.Node;
import dev.tidemark.ops.Settings;
import dev.tidemark.wire.JsonText;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * Stands before the socket and the REST paths. In this order: a foreign origin gets 403, nobody and
 * who was revoked get 401, a caller without the role gets 403, and a socket on a node that takes no
 * clients gets 503; all before the upgrade, so that a browser and a load balancer understand it.
 */
@WebFilter(
    urlPatterns = {Gate.SOCKET, "/api/*"},
    asyncSupported = true)
public class Gate extends HttpFilter {
  static final String SOCKET = "/ws";
  private static final long serialVersionUID = 1L;
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final int UPGRADE_REQUIRED = 426;
  private static final String RETRY_AFTER_SECONDS = "5";

  private transient CurrentCaller current;
  private transient Settings settings;
  private transient Node node;
  private transient Refusals refusals;
  private transient Revocations revocations;
  private transient Logins logins;

  @Inject
  void use(CurrentCaller currentCaller, Settings theSettings, Node theNode, Refusals theRefusals) {
    refusals = theRefusals;
    current = currentCaller;
    settings = theSettings;
    node = theNode;
  }

  @Inject
  void use(Logins theLogins) {
    logins = theLogins;
  }

  @Inject
  void obey(Revocations theRevocations) {
    revocations = theRevocations;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    boolean socket = request.getServletPath().equals(SOCKET);
    if ((socket || !READING.contains(request.getMethod())) && isForeign(request)) {
      refuse(
          socket,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "foreign_origin",
          "This origin may not connect.");
      return;
    }
    if (isBackchannelLogout(request)) {
      chain.doFilter(request, response);
      return;
    }
    BasicCredentials.login(request);
    Optional<Caller> caller = current.find();
    if (caller.isEmpty()) {
      challenge(
          socket,
          request,
          response,
          request.getHeader("Authorization") == null
              ? "Who are you? Send credentials."
              : "These credentials are not right.");
    } else if (node.isUnawareOfRevocations()) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
      refuse(
          socket,
          response,
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "unavailable",
          node.refusal().orElse("Come back in a moment."));
    } else if (revocations.isRevoked(caller.get())) {
      challenge(socket, request, response, "These credentials were revoked. Log in anew.");
    } else if (socket && !caller.get().is(Role.USER)) {
      refuse(
          socket,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "not_allowed",
          "The socket is for the role 'user'.");
    } else if (socket && node.refusal().isPresent()) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
      refuse(
          socket,
          response,
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "unavailable",
          node.refusal().get());
    } else if (socket && !"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      response.setHeader("Upgrade", "websocket");
      refuse(
          socket,
          response,
          UPGRADE_REQUIRED,
          "upgrade_required",
          "This is the address of a WebSocket: connect with ws:// or wss://.");
    } else {
      Admittance admittance = new Admittance(caller.get(), logins.of(request, caller.get()));
      chain.doFilter(new Admitted(request, admittance), response);
    }
  }

  /** Brings its own credential. By the address as it was sent, which nothing else is reached by. */
  private static boolean isBackchannelLogout(HttpServletRequest request) {
    return request.getMethod().equals("POST")
        && request.getRequestURI().equals(request.getContextPath() + BackchannelLogout.PATH);
  }

  /**
   * The request with the caller as its principal. The server keeps that principal with the socket;
   * the endpoint's user properties would not do, since all handshakes share them.
   */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final Admittance admittance;

    Admitted(HttpServletRequest request, Admittance admittance) {
      super(request);
      this.admittance = admittance;
    }

    @Override
    public Principal getUserPrincipal() {
      return admittance;
    }
  }

  /** A page's script is not asked by the browser for a password: its page has a form for that. */
  private void challenge(
      boolean socket, HttpServletRequest request, HttpServletResponse response, String message)
      throws IOException {
    if (request.getHeader("Sec-Fetch-Mode") == null) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
    refuse(socket, response, HttpServletResponse.SC_UNAUTHORIZED, "auth_required", message);
  }

  /**
   * A browser says which page connects; cookies alone would let any page in. A program says nothing
   * and brings its own credentials.
   */
  private boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader("Origin");
    return origin != null && !settings.allowedOrigins().contains(origin) && !isOwn(origin, request);
  }

  private static boolean isOwn(String origin, HttpServletRequest request) {
    try {
      URI from = URI.create(origin);
      return request.getScheme().equalsIgnoreCase(from.getScheme())
          && request.getServerName().equalsIgnoreCase(from.getHost())
          && request.getServerPort() == portOf(from);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int portOf(URI origin) {
    if (origin.getPort() >= 0) {
      return origin.getPort();
    }
    return "https".equalsIgnoreCase(origin.getScheme()) ? 443 : 80;
  }

  private void refuse(
      boolean socket, HttpServletResponse response, int status, String code, String message)
      throws IOException {
    refusals.record(
        Refusal.ofRequest(
            current.asker(), socket ? "handshake" : "request", status, code, message));
    response.setStatus(status);
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(JsonText.object().text("code", code).text("message", message).end());
  }
}
