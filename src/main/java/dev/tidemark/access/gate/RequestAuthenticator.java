package dev.tidemark.access.gate;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.caller.AuthenticatedPrincipal;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.login.BrowserLogins;
import dev.tidemark.access.login.ElytronOidc;
import dev.tidemark.access.login.LoginSession;
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
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Authenticates a request. A handshake may bring a ticket. Else, where an identity provider is
 * configured, a verified token of it says who calls, and nothing else does: the token that a
 * program brings, or the one of the browser's login. Where there is no provider, the container says
 * it.
 */
@ApplicationScoped
class RequestAuthenticator {
  @Inject CurrentCaller current;
  @Inject TokenService tokens;
  @Inject TicketAuthenticator tickets;
  @Inject LoginSession loginSession;
  @Inject BrowserLogins browserLogins;

  /**
   * The principal of the request; its caller is the {@link CurrentCaller} from then on.
   *
   * @throws AccessDeniedException if the request says nobody, or in a way that does not count
   */
  AuthenticatedPrincipal authenticate(AccessRequest accessRequest) throws AccessDeniedException {
    HttpServletRequest request = accessRequest.request();
    Optional<Ticket> ticket = accessRequest.socket() ? Ticket.in(request) : Optional.empty();
    return ticket.isPresent() ? byTicket(request, ticket.get()) : byRequest(request);
  }

  /** Passwords count only where no provider's tokens do. */
  private AuthenticatedPrincipal byRequest(HttpServletRequest request)
      throws AccessDeniedException {
    if (!tokens.isConfigured()) {
      BasicCredentials.login(request);
    }
    Caller caller = caller(request).orElseThrow(() -> unknown(request));
    current.is(caller);
    return new AuthenticatedPrincipal(caller, browserLogins.of(request, caller));
  }

  private static AccessDeniedException unknown(HttpServletRequest request) {
    return AccessDeniedException.unknown(
        request.getHeader("Authorization") == null
            ? "Who are you? Send credentials."
            : "These credentials are not right.");
  }

  /**
   * A browser's login counts for the connection only if it is of the ticket's caller: the
   * connection of another one must not end with it.
   */
  private AuthenticatedPrincipal byTicket(HttpServletRequest request, Ticket ticket)
      throws AccessDeniedException {
    Optional<Caller> other = callerBesideTicket(request);
    other.ifPresent(current::is); // should the ticket be refused, this is who brought it
    Tickets.Spent spent = tickets.spend(ticket, other, request);
    Caller caller = caller(spent.name(), spent.roles(), spent.tenant(), spent.authentication());
    current.is(caller);
    return new AuthenticatedPrincipal(
        caller, other.isPresent() ? browserLogins.of(request, caller) : Optional.empty());
  }

  /** Credentials that are not accepted do no harm beside a ticket. */
  private Optional<Caller> callerBesideTicket(HttpServletRequest request) {
    try {
      return caller(request);
    } catch (AccessDeniedException e) {
      return Optional.empty();
    }
  }

  /** Nobody, if the request has no credentials that count here. */
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

  /**
   * Credentials that come with the request count alone: a wrong token is not made good by a cookie.
   */
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

  /** The server renews a login's token as long as the login lasts: its end means nothing here. */
  private Authentication ofLogin(VerifiedToken token) {
    String login = token.providerSession().orElse(token.subject());
    return new Authentication(
        Optional.of(token.subject()),
        Optional.of(loginSession.beganAt(login, token.issuedAt())),
        Optional.empty(),
        token.providerSession());
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
        caller(principal.getName(), roles(request), Caller.DEFAULT_TENANT, Authentication.LOCAL));
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
