package dev.tidemark.access.token;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The content of an access token that the provider signed and that is valid now.
 *
 * @param subject the provider's permanent id of the caller (claim {@code sub})
 * @param name the caller's name here, the owner of sessions
 * @param roles the caller's roles here, perhaps none
 * @param tenant the caller's tenant
 * @param issuedAt the time of issue (claim {@code iat})
 * @param signedInAt the time when the person signed in (claim {@code auth_time}), if the token
 *     names it; a refreshed token keeps it
 * @param expiresAt the end of the token (claim {@code exp}), by the provider's clock
 * @param providerSession the login at the provider (claim {@code sid}), if the token names it
 */
public record VerifiedToken(
    String subject,
    String name,
    Set<Role> roles,
    String tenant,
    Instant issuedAt,
    Optional<Instant> signedInAt,
    Instant expiresAt,
    Optional<String> providerSession) {
  public VerifiedToken {
    roles = Set.copyOf(roles);
  }

  public Authentication authentication() {
    return new Authentication(
        Optional.of(subject),
        Optional.of(signedInAt.orElse(issuedAt)),
        Optional.of(expiresAt),
        providerSession);
  }
}
