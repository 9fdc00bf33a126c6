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
import java.util.OptionalLong;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Stands before the socket and the REST paths. In this order: a foreign origin gets 403, an address
 * with too many connections or failures 429, nobody gets 401, a caller without the role gets 403,
 * and a socket on a node that takes no clients gets 503; all before the upgrade, so that a browser
 * and a load balancer understand it.
 */
@WebFilter(
    urlPatterns = {Gate.SOCKET, "/api/*"},
    asyncSupported = true)
public class Gate extends HttpFilter {
  static final String SOCKET = "/ws";
  private static final long serialVersionUID = 1L;
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Logger LOG = Logger.getLogger(Gate.class);
  private static final int UPGRADE_REQUIRED = 426;
  private static final int TOO_MANY_REQUESTS = FailedAttempts.TOO_MANY_REQUESTS;
  private static final String RETRY_AFTER_SECONDS = "5";

  private transient CurrentCaller current;
  private transient Settings settings;
  private transient Node node;
  private transient Refusals refusals;
  private transient Admission admission;
  private transient FailedAttempts failures;
  private transient Tickets tickets;

  @Inject
  void use(CurrentCaller currentCaller, Settings theSettings, Node theNode, Refusals theRefusals) {
    refusals = theRefusals;
    current = currentCaller;
    settings = theSettings;
    node = theNode;
  }

  @Inject
  void use(Admission theAdmission, FailedAttempts theFailures, Tickets theTickets) {
    admission = theAdmission;
    failures = theFailures;
    tickets = theTickets;
  }

  @Override
  public void init() {
    FailedAttempts.publish(failures, getServletContext());
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    boolean socket = request.getServletPath().equals(SOCKET);
    if (!socket && isPreflight(request, response)) {
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
    if (mustWait(socket, request, response)) {
      return;
    }
    Optional<Ticket> ticket = socket ? Ticket.in(request) : Optional.empty();
    if (ticket.isEmpty()) {
      BasicCredentials.login(request);
    }
    Optional<Caller> caller = current.find();
    if (ticket.isPresent()) {
      caller = spend(ticket.get(), caller, request, response);
      if (caller.isEmpty()) {
        return;
      }
    }
    if (caller.isEmpty()) {
      challenge(socket, request, response);
    } else if (socket && !caller.get().is(Role.USER)) {
      refuse(
          socket,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "not_allowed",
          "The socket is for the role 'user'.");
    } else if (socket && node.refusal().isPresent()) {
      refuseForNow(response, node.refusal().get());
    } else if (socket && !"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      response.setHeader("Upgrade", "websocket");
      refuse(
          socket,
          response,
          UPGRADE_REQUIRED,
          "upgrade_required",
          "This is the address of a WebSocket: connect with ws:// or wss://.");
    } else {
      chain.doFilter(new Admitted(request, caller.get()), response);
    }
  }

  /** Lets an allowed origin read the answer, and answers what its browser asks beforehand. */
  private boolean isPreflight(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader("Vary", "Origin");
    String origin = request.getHeader("Origin");
    if (origin == null || !settings.allowedOrigins().contains(origin)) {
      return false;
    }
    Cors.allow(origin, response);
    if (!Cors.isPreflight(request)) {
      return false;
    }
    Cors.answer(response);
    return true;
  }

  /**
   * Whether the address has too much open, or failed too often; answered before any credentials.
   */
  private boolean mustWait(boolean socket, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<String> full = socket ? admission.fullness(request.getRemoteAddr()) : Optional.empty();
    if (full.isPresent()) {
      refuse(socket, response, TOO_MANY_REQUESTS, "too_many_connections", full.get(), 1);
      return true;
    }
    OptionalLong wait =
        request.getUserPrincipal() == null
            ? failures.mustWait(request.getRemoteAddr())
            : OptionalLong.empty();
    if (wait.isPresent()) {
      refuse(
          socket,
          response,
          TOO_MANY_REQUESTS,
          FailedAttempts.CODE,
          FailedAttempts.MESSAGE,
          wait.getAsLong());
    }
    return wait.isPresent();
  }

  /**
   * Who a ticket was made for. Whoever brings it, it is spent: one that turns up in wrong hands is
   * not to be tried again.
   *
   * @param other who the request says it is without the ticket
   * @return nothing if it was answered here
   */
  private Optional<Caller> spend(
      Ticket ticket,
      Optional<Caller> other,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (node.refusal().isPresent()) {
      refuseForNow(response, node.refusal().get());
      return Optional.empty();
    }
    Optional<Tickets.Spent> spent;
    try {
      spent = tickets.spend(ticket);
    } catch (Tickets.UnavailableException e) {
      LOG.warnf("TIDE0703 A ticket could not be looked up: %s", e.getMessage());
      refuseForNow(response, "The database does not answer. Get a new ticket.");
      return Optional.empty();
    }
    if (spent.isEmpty()) {
      challenge(
          true,
          request,
          response,
          "ticket_refused",
          "This ticket is unknown, was spent, or is late. Get a new one.");
      return Optional.empty();
    }
    boolean samePage =
        spent.get().origin().equals(Optional.ofNullable(request.getHeader("Origin")));
    if (!samePage || !other.map(spent.get()::isOf).orElse(true)) {
      refuse(
          true,
          response,
          HttpServletResponse.SC_FORBIDDEN,
          "not_your_ticket",
          "This ticket was made for another page or another caller.");
      return Optional.empty();
    }
    return Optional.of(current.of(spent.get()));
  }

  private void refuseForNow(HttpServletResponse response, String message) throws IOException {
    response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    refuse(true, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "unavailable", message);
  }

  /**
   * The request with the caller as its principal. The server keeps that principal with the socket;
   * the endpoint's user properties would not do, since all handshakes share them.
   */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final Caller caller;

    Admitted(HttpServletRequest request, Caller caller) {
      super(request);
      this.caller = caller;
    }

    @Override
    public Principal getUserPrincipal() {
      return caller;
    }
  }

  private void challenge(boolean socket, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    challenge(
        socket,
        request,
        response,
        "auth_required",
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /** A page's script is not asked by the browser for a password: its page has a form for that. */
  private void challenge(
      boolean socket,
      HttpServletRequest request,
      HttpServletResponse response,
      String code,
      String message)
      throws IOException {
    if (request.getHeader("Sec-Fetch-Mode") == null) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"tidemark\", charset=\"UTF-8\"");
    }
    refuse(socket, response, HttpServletResponse.SC_UNAUTHORIZED, code, message);
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
    refuse(socket, response, status, code, message, 0);
  }

  /**
   * @param waitSeconds when to come back; 0 says nothing
   */
  private void refuse(
      boolean socket,
      HttpServletResponse response,
      int status,
      String code,
      String message,
      long waitSeconds)
      throws IOException {
    refusals.record(
        Refusal.ofRequest(
            current.asker(), socket ? "handshake" : "request", status, code, message));
    response.setStatus(status);
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    JsonText answer = JsonText.object().text("code", code).text("message", message);
    if (waitSeconds > 0) {
      response.setHeader("Retry-After", String.valueOf(waitSeconds));
      answer.number("retry_after_seconds", waitSeconds);
    }
    response.getWriter().write(answer.end());
  }
}
