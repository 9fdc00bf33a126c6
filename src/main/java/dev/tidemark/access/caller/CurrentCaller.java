package dev.tidemark.access.caller;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.login.ElytronOidc;
import dev.tidemark.access.ticket.Tickets;
import dev.tidemark.access.token.BearerToken;
import dev.tidemark.access.token.TokenException;
import dev.tidemark.access.token.TokenService;
import dev.tidemark.access.token.VerifiedToken;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The caller of the HTTP request at hand, a WebSocket handshake included. Where an identity
 * provider is configured, a verified token of it says who that is, and nothing else does: the one
 * that a program brings, or the one of the browser's login. Else it is who the container says.
 */
@RequestScoped
public class CurrentCaller {
  private static final int MAX_OF_A_USER_AGENT = 200;

  @Inject HttpServletRequest request;
  @Inject TokenService verifier;

  private Optional<Caller> caller;
  private Optional<TokenException> refusal = Optional.empty();

  /** Nobody, if the request does not say who, or in a way that does not count. */
  public Optional<Caller> find() {
    if (caller == null) {
      caller = verifier.isConfigured() ? byToken() : byContainer();
    }
    return caller;
  }

  /**
   * @throws IllegalStateException if there is none: {@code AccessFilter} lets no such request pass
   */
  public Caller get() {
    return find().orElseThrow(() -> new IllegalStateException("The request has no caller."));
  }

  /** What was wrong with the request's token, if that is why there is no caller. */
  public Optional<TokenException> refusal() {
    find();
    return refusal;
  }

  /** Whoever a ticket was made for, here and now. */
  public Caller of(Tickets.Spent ticket) {
    return new Caller(
        ticket.name(),
        ticket.roles(),
        ticket.tenant(),
        ticket.authentication(),
        request.getRemoteAddr(),
        userAgent());
  }

  /** Who asks, as far as it is known already: nothing is verified for it. */
  public Optional<Caller> known() {
    return caller == null ? Optional.empty() : caller;
  }

  /** The address that the request came from. */
  public String remoteAddress() {
    return request.getRemoteAddr();
  }

  /**
   * Credentials that come with the request count alone: a wrong token is not made good by a cookie.
   */
  private Optional<Caller> byToken() {
    try {
      String header = request.getHeader("Authorization");
      if (header != null) {
        return BearerToken.of(request)
            .map(verifier::verify)
            .map(token -> caller(token, token.authentication()));
      }
      Principal principal = request.getUserPrincipal();
      return ElytronOidc.made(principal)
          ? ElytronOidc.accessToken(principal)
              .map(verifier::verify)
              .map(token -> caller(token, ofLogin(token)))
          : Optional.empty();
    } catch (TokenException e) {
      refusal = Optional.of(e);
      return Optional.empty();
    }
  }

  private Caller caller(VerifiedToken token, Authentication authentication) {
    return new Caller(
        token.name(),
        token.roles(),
        token.tenant(),
        authentication,
        request.getRemoteAddr(),
        userAgent());
  }

  /** The server renews a login's token as long as the login lasts: its end means nothing here. */
  private Authentication ofLogin(VerifiedToken token) {
    return new Authentication(
        Optional.of(token.subject()),
        Optional.of(loginTime(token)),
        Optional.empty(),
        token.providerSession());
  }

  /** When the first token of the login was made, kept with the HTTP session. */
  private Instant loginTime(VerifiedToken token) {
    HttpSession session = request.getSession(false);
    if (session == null) {
      return token.issuedAt();
    }
    String key = "dev.tidemark.login." + token.providerSession().orElse(token.subject());
    if (session.getAttribute(key) instanceof Instant earlier) {
      return earlier;
    }
    session.setAttribute(key, token.issuedAt());
    return token.issuedAt();
  }

  private Optional<Caller> byContainer() {
    return Optional.ofNullable(request.getUserPrincipal())
        .map(
            principal ->
                new Caller(
                    principal.getName(),
                    roles(),
                    Caller.DEFAULT_TENANT,
                    Authentication.LOCAL,
                    request.getRemoteAddr(),
                    userAgent()));
  }

  /** What the program at the other end calls itself. */
  public Optional<String> userAgent() {
    return printable(request.getHeader("User-Agent"));
  }

  /** Printable and short, because anybody may send anything. */
  public static Optional<String> printable(String userAgent) {
    return Optional.ofNullable(userAgent)
        .map(name -> name.replaceAll("[^\\x20-\\x7e]", "?"))
        .map(name -> name.substring(0, Math.min(name.length(), MAX_OF_A_USER_AGENT)));
  }

  private Set<Role> roles() {
    return Arrays.stream(Role.values())
        .filter(role -> request.isUserInRole(role.text()))
        .collect(Collectors.toSet());
  }
}
