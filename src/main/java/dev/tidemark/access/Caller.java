package dev.tidemark.access;

import java.security.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * The person or program at the other end, captured once, at the handshake: the container's identity
 * does not reach a socket's callbacks.
 *
 * @param authentication the origin and lifetime of the identity
 * @param remoteAddress the address of the client, for the record
 * @param userAgent the client's name for itself, for the record
 */
public record Caller(
    String name,
    Set<Role> roles,
    String tenant,
    Authentication authentication,
    String remoteAddress,
    Optional<String> userAgent)
    implements Principal {
  /** The tenant of every caller, unless an identity provider names one. */
  public static final String DEFAULT_TENANT = "default";

  public Caller {
    roles = Set.copyOf(roles);
  }

  @Override
  public String getName() {
    return name;
  }

  public boolean is(Role role) {
    return roles.contains(role);
  }
}
