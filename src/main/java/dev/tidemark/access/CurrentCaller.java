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
  @Inject HttpServletRequest request;

  /** Nobody, if the container has not authenticated the request. */
  public Optional<Caller> find() {
    return Optional.ofNullable(request.getUserPrincipal())
        .map(
            principal ->
                new Caller(
                    principal.getName(), roles(), Caller.DEFAULT_TENANT, request.getRemoteAddr()));
  }

  /**
   * @throws IllegalStateException if there is none: {@link Gate} lets no such request pass
   */
  public Caller get() {
    return find().orElseThrow(() -> new IllegalStateException("The request has no caller."));
  }

  private Set<Role> roles() {
    return Arrays.stream(Role.values())
        .filter(role -> request.isUserInRole(role.text()))
        .collect(Collectors.toSet());
  }
}
