package dev.tidemark.access;

import java.security.Principal;
import java.util.Optional;
import java.util.Set;

/**
 * The person or program at the other end, captured once, at the handshake: the container's identity
 * does not reach a socket's callbacks.
 *
 * @param authentication how that is known, and until when
 * @param remoteAddress where the connection comes from, for the record
 * @param userAgent what the client calls itself, for the record
 */
public record Caller(
    String name,
    Set<Role> roles,
    String tenant,
    Authentication authentication,
    String remoteAddress,
    Optional<String> userAgent)
    implements Principal {
  /** The tenant of everybody, until an identity provider says otherwise. */
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
