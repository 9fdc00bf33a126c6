package dev.tidemark.access.caller;

import dev.tidemark.access.Caller;
import dev.tidemark.access.login.BrowserLogin;
import java.security.Principal;
import java.util.Optional;

/**
 * The principal that the server keeps with a socket from its handshake on.
 *
 * @param login the browser's login that ends the socket, if the handshake came with one
 */
public record AuthenticatedPrincipal(Caller caller, Optional<BrowserLogin> login)
    implements Principal {
  @Override
  public String getName() {
    return caller.name();
  }
}
