package dev.tidemark.access.gate;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.limit.PasswordGuesses;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.access.login.BrowserLogins;
import dev.tidemark.access.login.ElytronOidc;
import dev.tidemark.access.login.LoginSession;
import dev.tidemark.access.record.SignIn;
import dev.tidemark.access.ticket.Ticket;
import dev.tidemark.access.ticket.Tickets;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.access.token.VerifiedToken;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Name;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Authenticates a request. A handshake may bring a ticket. Otherwise, where an identity provider is
 * configured, only its verified token identifies the caller: a program's own token, or that of the
 * browser's login. Without a provider, the container identifies the caller.
 */
@ApplicationScoped
class RequestAuthenticator {
  @Inject CurrentCaller current;
  @Inject TokenService tokens;
  @Inject TicketAuthenticator tickets;
  @Inject LoginSession loginSession;
  @Inject BrowserLogins browserLogins;
  @Inject PasswordGuesses guesses;

  /**
   * Authenticates the request and makes its caller the {@link CurrentCaller}.
   *
   * @throws AccessDeniedException if the request has no credentials that are accepted here
   */
  AuthenticatedPrincipal authenticate(AccessRequest accessRequest) throws AccessDeniedException {
    HttpServletRequest request = accessRequest.request();
    Optional<Ticket> ticket = accessRequest.socket() ? Ticket.in(request) : Optional.empty();
    return ticket.isPresent() ? byTicket(request, ticket.get()) : byRequest(request);
  }

  /** The credentials that an admitted request has come with. */
  static SignIn.Way way(AccessRequest accessRequest, AuthenticatedPrincipal principal) {
    HttpServletRequest request = accessRequest.request();
    if (accessRequest.socket() && Ticket.in(request).isPresent()) {
      return SignIn.Way.TICKET;
    }
    if (principal.login().isPresent()) {
      return way(request, principal.login().get());
    }
    return BearerToken.of(request).isPresent() ? SignIn.Way.BEARER : SignIn.Way.BASIC;
  }

  private static SignIn.Way way(HttpServletRequest request, BrowserLogin login) {
    if (!login.claimFirstUse()) {
      return SignIn.Way.COOKIE;
    }
    if (request.getHeader("Authorization") != null) {
      return SignIn.Way.BASIC;
    }
    return ElytronOidc.made(request.getUserPrincipal()) ? SignIn.Way.OIDC : SignIn.Way.FORM;
  }

  /** Passwords count only where no provider is configured. */
  private AuthenticatedPrincipal byRequest(HttpServletRequest request)
      throws AccessDeniedException {
    boolean byCookie = request.getUserPrincipal() != null;
    if (!tokens.isConfigured()) {
      login(request);
    }
    Caller caller = caller(request).orElseThrow(() -> unknown(request));
    current.set(caller);
    current.login(browserLogins.of(request, caller));
    if (byCookie
        && current.login().isEmpty()
        && caller.authentication().expiresAt().isEmpty()) { // nothing would end its socket
      throw AccessDeniedException.unknown("Your login has just ended. Log in anew.");
    }
    return new AuthenticatedPrincipal(caller, current.login());
  }

  private void login(HttpServletRequest request) throws AccessDeniedException {
    try {
      BasicCredentials.login(request, guesses);
    } catch (QuotaExceededException e) {
      throw AccessDeniedException.of(e);
    }
  }

  private static AccessDeniedException unknown(HttpServletRequest request) {
    return AccessDeniedException.unknown(
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /**
   * The connection ends with the browser's login that the ticket was made with, on whichever node,
   * or else with that of the request, which then belongs to the ticket's caller.
   */
  private AuthenticatedPrincipal byTicket(HttpServletRequest request, Ticket ticket)
      throws AccessDeniedException {
    Optional<Caller> other = callerBesideTicket(request);
    other.ifPresent(current::set); // the requester if the ticket is refused
    Tickets.Spent spent = tickets.spend(ticket, other, request);
    Caller caller = caller(spent.name(), spent.roles(), spent.tenant(), spent.authentication());
    current.set(caller);
    Optional<BrowserLogin> here = spent.login().flatMap(browserLogins::find);
    return new AuthenticatedPrincipal(
        caller,
        here.isEmpty() && other.isPresent() ? browserLogins.of(request, caller) : here,
        here.isPresent() ? Optional.empty() : spent.login());
  }

  /** Rejected credentials beside a ticket are ignored. */
  private Optional<Caller> callerBesideTicket(HttpServletRequest request) {
    try {
      return caller(request);
    } catch (AccessDeniedException e) {
      return Optional.empty();
    }
  }

  /** The caller; empty if the request has no credentials that count here. */
  private Optional<Caller> caller(HttpServletRequest request) throws AccessDeniedException {
    if (!tokens.isConfigured()) {
      return byContainer(request);
    }
    try {
      return byToken(request);
    } catch (TokenException e) {
      throw AccessDeniedException.of(e);
    }
  }

  /** An {@code Authorization} header counts alone: a cookie does not make up for a wrong token. */
  private Optional<Caller> byToken(HttpServletRequest request) {
    if (request.getHeader("Authorization") != null) {
      return BearerToken.of(request)
          .map(tokens::verify)
          .map(token -> caller(token, token.authentication()));
    }
    Principal principal = request.getUserPrincipal();
    return ElytronOidc.made(principal)
        ? ElytronOidc.accessToken(principal)
            .map(tokens::verify)
            .map(token -> caller(token, ofLogin(token)))
        : Optional.empty();
  }

  /**
   * The server renews a login's token while the login lasts, so the token's end is ignored, and so
   * is its time of issue if the sign-in was earlier.
   */
  private Authentication ofLogin(VerifiedToken token) {
    return new Authentication(
        Optional.of(token.subject()),
        token.signedInAt().or(() -> firstIssuedAt(token)),
        Optional.empty(),
        token.providerSession());
  }

  private Optional<Instant> firstIssuedAt(VerifiedToken token) {
    return loginSession
        .signedInAt()
        .filter(token.issuedAt()::isAfter)
        .or(() -> Optional.of(token.issuedAt()));
  }

  private Optional<Caller> byContainer(HttpServletRequest request) throws AccessDeniedException {
    Principal principal = request.getUserPrincipal();
    if (principal == null) {
      return Optional.empty();
    }
    if (Name.isTooLong(principal.getName())) {
      throw AccessDeniedException.of(
          new TokenException(ErrorCode.NAME_TOO_LONG, Name.tooLong("The name of this account")));
    }
    return Optional.of(
        caller(
            principal.getName(),
            roles(request),
            Caller.DEFAULT_TENANT,
            loginSession
                .signedInAt()
                .map(Authentication::localSince)
                .orElse(Authentication.LOCAL)));
  }

  private Caller caller(VerifiedToken token, Authentication authentication) {
    return caller(token.name(), token.roles(), token.tenant(), authentication);
  }

  private Caller caller(
      String name, Set<Role> roles, String tenant, Authentication authentication) {
    return new Caller(
        name, roles, tenant, authentication, current.remoteAddress(), current.userAgent());
  }

  private static Set<Role> roles(HttpServletRequest request) {
    return Arrays.stream(Role.values())
        .filter(role -> request.isUserInRole(role.text()))
        .collect(Collectors.toSet());
  }
}
