package dev.tidemark.access;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The caller of the HTTP request at hand, a WebSocket handshake included. */
@RequestScoped
public class CurrentCaller {
  private static final int MOST_OF_A_USER_AGENT = 200;

  @Inject HttpServletRequest request;

  /** Nobody, if the container has not authenticated the request. */
  public Optional<Caller> find() {
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

  /**
   * @throws IllegalStateException if there is none: {@link Gate} lets no such request pass
   */
  public Caller get() {
    return find().orElseThrow(() -> new IllegalStateException("The request has no caller."));
  }

  /** Whoever a ticket was made for, here and now. */
  Caller of(Tickets.Spent ticket) {
    return new Caller(
        ticket.name(),
        ticket.roles(),
        ticket.tenant(),
        ticket.authentication(),
        request.getRemoteAddr(),
        userAgent());
  }

  /** Who asks, as far as it is known. */
  Refusal.Asker asker() {
    Optional<Caller> caller = find();
    return new Refusal.Asker(
        caller.map(Caller::name),
        caller.map(Caller::tenant),
        request.getRemoteAddr(),
        userAgent(),
        Optional.empty());
  }

  private Optional<String> userAgent() {
    return printable(request.getHeader("User-Agent"));
  }

  /** Printable and short, because anybody may send anything. */
  static Optional<String> printable(String userAgent) {
    return Optional.ofNullable(userAgent)
        .map(name -> name.replaceAll("[^\\x20-\\x7e]", "?"))
        .map(name -> name.substring(0, Math.min(name.length(), MOST_OF_A_USER_AGENT)));
  }

  private Set<Role> roles() {
    return Arrays.stream(Role.values())
        .filter(role -> request.isUserInRole(role.text()))
        .collect(Collectors.toSet());
  }
}
