package dev.tidemark.access;

import java.security.Principal;
import java.util.Optional;

/**
 * What the server keeps with a socket from its handshake on.
 *
 * @param login the browser's login that it ends with, if it came with one
 */
public record Admittance(Caller caller, Optional<Login> login) implements Principal {
  @Override
  public String getName() {
    return caller.name();
  }
}
