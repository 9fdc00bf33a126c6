package dev.tidemark.access.token;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The content of an access token that the provider signed and that is valid now.
 *
 * @param subject what the provider calls the caller for good (claim {@code sub})
 * @param name what the caller is called here, the owner of sessions
 * @param roles those of ours that the caller has, perhaps none
 * @param tenant the caller's tenant
 * @param issuedAt when the token was made (claim {@code iat})
 * @param expiresAt when it ends (claim {@code exp}), by the provider's clock
 * @param providerSession the login at the provider (claim {@code sid}), if the token tells
 */
public record VerifiedToken(
    String subject,
    String name,
    Set<Role> roles,
    String tenant,
    Instant issuedAt,
    Instant expiresAt,
    Optional<String> providerSession) {
  public VerifiedToken {
    roles = Set.copyOf(roles);
  }

  /** How it is known who brought the token. */
  public Authentication authentication() {
    return new Authentication(
        Optional.of(subject), Optional.of(issuedAt), Optional.of(expiresAt), providerSession);
  }
}
