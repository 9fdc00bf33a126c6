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
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Stands before the socket and the REST paths. In this order: a token in the address gets 400, a
 * foreign origin 403, an address with too many connections or failures 429, nobody and who was
 * revoked 401, a caller without a role, or without that of the socket, 403, and a socket on a node
 * that takes no clients 503; all before the upgrade, so that a browser and a load balancer
 * understand it.
 */
@WebFilter(
    urlPatterns = {Gate.SOCKET, "/api/*"},
    asyncSupported = true)
public class Gate extends HttpFilter {
  static final String SOCKET = "/ws";
  private static final long serialVersionUID = 1L;
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final int UPGRADE_REQUIRED = 426;
  private static final int TOO_MANY_REQUESTS = FailedAttempts.TOO_MANY_REQUESTS;
  private static final String BEARER = "Bearer realm=\"tidemark\"";
  private static final String INVALID = BEARER + ", error=\"invalid_token\"";

  private transient CurrentCaller current;
  private transient Settings settings;
  private transient Node node;
  private transient Refusals refusals;
  private transient Revocations revocations;
  private transient Logins logins;
  private transient Admission admission;
  private transient FailedAttempts failures;
  private transient TicketDoor tickets;
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

  @Inject
  void use(Admission theAdmission, FailedAttempts theFailures, TicketDoor theTickets) {
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
    try {
      if (BearerToken.isInAddress(request)) {
        throw new DeniedException(
            400,
            "token_in_address",
            "A token does not belong into an address. Send it as a header: Authorization: Bearer.");
      }
      if ((socket || !READING.contains(request.getMethod()))
          && Origin.isForeign(request, settings.allowedOrigins())) {
        throw new DeniedException(403, "foreign_origin", "This origin may not connect.");
      }
      if (isBackchannelLogout(request)) {
        chain.doFilter(request, response);
        return;
      }
      requireRoom(socket, request);
      Admittance admittance = socket ? handshake(request) : request(request);
      chain.doFilter(new Admitted(request, admittance), response);
    } catch (DeniedException denied) {
      refuse(socket, response, denied);
    }
  }

  /** Lets an allowed origin read the answer, and answers what its browser asks beforehand. */
  private boolean isPreflight(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader("Vary", "Origin");
    Optional<String> allowed = Origin.of(request).filter(settings.allowedOrigins()::contains);
    if (allowed.isEmpty()) {
      return false;
    }
    Cors.allow(allowed.get(), response);
    if (!Cors.isPreflight(request)) {
      return false;
    }
    Cors.answer(response);
    return true;
  }

  /** Brings its own credential. By the address as it was sent, which nothing else is reached by. */
  private static boolean isBackchannelLogout(HttpServletRequest request) {
    return request.getMethod().equals("POST")
        && request.getRequestURI().equals(request.getContextPath() + BackchannelLogout.PATH);
  }

  /**
   * Whether the address has too much open, or failed too often; before any credentials are read.
   */
  private void requireRoom(boolean socket, HttpServletRequest request) throws DeniedException {
    Optional<String> full = socket ? admission.fullness(request.getRemoteAddr()) : Optional.empty();
    if (full.isPresent()) {
      throw new DeniedException(TOO_MANY_REQUESTS, "too_many_connections", full.get(), 1);
    }
    OptionalLong wait =
        request.getUserPrincipal() == null
            ? failures.mustWait(request.getRemoteAddr())
            : OptionalLong.empty();
    if (wait.isPresent()) {
      throw new DeniedException(
          TOO_MANY_REQUESTS, FailedAttempts.CODE, FailedAttempts.MESSAGE, wait.getAsLong());
    }
  }

  private Admittance request(HttpServletRequest request) throws DeniedException {
    login(request);
    Caller caller = requireValid(request, current.find());
    return new Admittance(caller, logins.of(request, caller));
  }

  private void login(HttpServletRequest request) {
    if (!verifier.isConfigured()) {
      BasicCredentials.login(request);
    }
  }

  private Admittance handshake(HttpServletRequest request) throws DeniedException {
    Optional<Ticket> ticket = Ticket.in(request);
    if (ticket.isEmpty()) {
      login(request);
    }
    Optional<Caller> known = current.find();
    Caller caller =
        requireValid(
            request,
            ticket.isPresent()
                ? Optional.of(current.of(tickets.spend(ticket.get(), known, request)))
                : known);
    if (!caller.is(Role.USER)) {
      throw new DeniedException(403, "not_allowed", "The socket is for the role 'user'.");
    }
    if (node.refusal().isPresent()) {
      throw DeniedException.forNow(node.refusal().get());
    }
    if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      throw new DeniedException(
          UPGRADE_REQUIRED,
          "upgrade_required",
          "This is the address of a WebSocket: connect with ws:// or wss://.");
    }
    // A ticket's caller who is not logged in here must not end with whose login that is.
    return new Admittance(
        caller, known.isPresent() ? logins.of(request, caller) : Optional.empty());
  }

  private Caller requireValid(HttpServletRequest request, Optional<Caller> caller)
      throws DeniedException {
    if (caller.isEmpty()) {
      throw nobody(request);
    }
    if (node.isUnawareOfRevocations()) {
      throw DeniedException.forNow(node.refusal().orElse("Come back in a moment."));
    }
    if (revocations.isRevoked(caller.get())) {
      throw new DeniedException(
              401, "auth_required", "These credentials were revoked. Log in anew.")
          .challenging(INVALID);
    }
    if (caller.get().roles().isEmpty()) {
      throw new DeniedException(403, "not_allowed", "You have none of the roles that this is for.");
    }
    return caller.get();
  }

  private DeniedException nobody(HttpServletRequest request) {
    Optional<TokenException> refusal = current.refusal();
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
    DeniedException nobody =
        new DeniedException(
            401,
            "auth_required",
            request.getHeader("Authorization") == null
                ? "Who are you? Send credentials."
                : "These credentials are not right.");
    if (verifier.isConfigured()) {
      return nobody.challenging(BEARER);
    }
    // A page's script is not asked by the browser for a password: its page has a form for that.
    return request.getHeader("Sec-Fetch-Mode") == null
        ? nobody.challenging("Basic realm=\"tidemark\", charset=\"UTF-8\"")
        : nobody;
  }

  /** Another token would help, or waiting, or neither: that one is of somebody without a place. */
  private static DeniedException refused(TokenException refusal) {
    String code = refusal.code().wireName();
    String message = refusal.getMessage();
    return switch (refusal.code()) {
      case KEYS_UNAVAILABLE -> DeniedException.forNow(code, message);
      case WRONG_CALLER -> new DeniedException(403, code, message);
      default -> new DeniedException(401, code, message).challenging(INVALID);
    };
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

  private void refuse(boolean socket, HttpServletResponse response, DeniedException denied)
      throws IOException {
    refusals.record(
        Refusal.ofRequest(
            current.asker(),
            socket ? "handshake" : "request",
            denied.status(),
            denied.code(),
            denied.getMessage()));
    response.setStatus(denied.status());
    denied.challenge().ifPresent(challenge -> response.setHeader("WWW-Authenticate", challenge));
    if (denied.status() == UPGRADE_REQUIRED) {
      response.setHeader("Upgrade", "websocket");
    }
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    JsonText answer =
        JsonText.object().text("code", denied.code()).text("message", denied.getMessage());
    if (denied.waitSeconds() > 0) {
      response.setHeader("Retry-After", String.valueOf(denied.waitSeconds()));
      answer.number("retry_after_seconds", denied.waitSeconds());
    }
    response.getWriter().write(answer.end());
  }
}
