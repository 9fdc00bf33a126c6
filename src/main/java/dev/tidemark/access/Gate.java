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
 * Stands before the socket and the REST paths. In this order: a token in the address gets 400, a
 * foreign origin 403, nobody and who was revoked 401, a caller without a role, or without that of
 * the socket, 403, and a socket on a node that takes no clients 503; all before the upgrade, so
 * that a browser and a load balancer understand it.
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
  private static final String BEARER = "Bearer realm=\"tidemark\"";

  private transient CurrentCaller current;
  private transient Settings settings;
  private transient Node node;
  private transient Refusals refusals;
  private transient Revocations revocations;
  private transient Logins logins;
  private transient TokenVerifier verifier;

  @Inject
  void use(
      CurrentCaller currentCaller,
      Settings theSettings,
      Node theNode,
      Refusals theRefusals,
      TokenVerifier theVerifier) {
    verifier = theVerifier;
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
    if (BearerToken.isInAddress(request)) {
      refuse(
          socket,
          response,
          HttpServletResponse.SC_BAD_REQUEST,
          "token_in_address",
          "A token does not belong into an address. Send it as a header: Authorization: Bearer.");
      return;
    }
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
    if (!verifier.isConfigured()) {
      BasicCredentials.login(request);
    }
    Optional<Caller> caller = current.find();
    if (caller.isEmpty()) {
      challenge(socket, request, response);
    } else if (isTurnedAway(caller.get(), socket, response)) {
      return;
    } else if (caller.get().roles().isEmpty()) {
      refuse(
          socket,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "not_allowed",
          "You have none of the roles that this is for.");
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

  private void challenge(boolean socket, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<TokenException> refusal = current.refusal();
    if (refusal.isPresent()) {
      refuse(socket, response, refusal.get());
      return;
    }
    if (verifier.isConfigured()) {
      response.setHeader("WWW-Authenticate", BEARER);
    } else if (request.getHeader("Sec-Fetch-Mode") == null) {
      // A page's script is not asked by the browser for a password: its page has a form for that.
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
    refuse(
        socket,
        response,
        HttpServletResponse.SC_UNAUTHORIZED,
        "auth_required",
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /** Whether a caller was revoked, or that is not known just now; answered here. */
  private boolean isTurnedAway(Caller caller, boolean socket, HttpServletResponse response)
      throws IOException {
    if (node.isUnawareOfRevocations()) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
      refuse(
          socket,
          response,
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "unavailable",
          node.refusal().orElse("Come back in a moment."));
      return true;
    }
    if (revocations.isRevoked(caller)) {
      response.setHeader("WWW-Authenticate", BEARER + ", error=\"invalid_token\"");
      refuse(
          socket,
          response,
          HttpServletResponse.SC_UNAUTHORIZED,
          "auth_required",
          "These credentials were revoked. Log in anew.");
      return true;
    }
    return false;
  }

  /** Another token would help, or waiting, or neither: that one is of somebody without a place. */
  private void refuse(boolean socket, HttpServletResponse response, TokenException refusal)
      throws IOException {
    int status =
        switch (refusal.code()) {
          case KEYS_UNAVAILABLE -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
          case WRONG_CALLER -> HttpServletResponse.SC_FORBIDDEN;
          default -> HttpServletResponse.SC_UNAUTHORIZED;
        };
    if (status == HttpServletResponse.SC_UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", BEARER + ", error=\"invalid_token\"");
    } else if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    refuse(socket, response, status, refusal.code().wireName(), refusal.getMessage());
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
