package dev.tidemark.access.caller;

import dev.tidemark.access.Caller;
import dev.tidemark.access.login.BrowserLogin;
import java.security.Principal;
import java.util.Optional;
import java.util.UUID;

/**
 * The principal that the server keeps with a socket from its handshake on.
 *
 * @param login the browser's login on this node that ends the socket, if there is one: the one that
 *     the handshake came with, or that its ticket was made with
 * @param loginElsewhere the browser's login on another node that its ticket was made with
 */
public record AuthenticatedPrincipal(
    Caller caller, Optional<BrowserLogin> login, Optional<UUID> loginElsewhere)
    implements Principal {
  public AuthenticatedPrincipal(Caller caller, Optional<BrowserLogin> login) {
    this(caller, login, Optional.empty());
  }

  @Override
  public String getName() {
    return caller.name();
  }
}
