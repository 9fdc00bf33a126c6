package dev.tidemark.config;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The identity provider whose tokens are accepted, and the meaning of their claims.
 *
 * @param issuer the provider's name for itself, which every token repeats (claim {@code iss})
 * @param clientId the provider's name for this application
 * @param audience the audience that an access token has to name (claim {@code aud})
 * @param jwksUri address of the provider's keys; empty if its discovery document gives it
 * @param nameClaim the claim with the caller's name
 * @param rolesClaim the claim with the caller's roles
 * @param roleNames the provider's name for each of our roles, by our name
 * @param tenantClaim the claim with the caller's tenant; empty if all callers are of one tenant
 */
public record IdentityProvider(
    String issuer,
    String clientId,
    String audience,
    Optional<URI> jwksUri,
    String nameClaim,
    String rolesClaim,
    Map<String, String> roleNames,
    Optional<String> tenantClaim) {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  public IdentityProvider {
    roleNames = Map.copyOf(roleNames);
  }

  /** The provider that these settings name; empty without an issuer, then no token is accepted. */
  static Optional<IdentityProvider> of(Settings settings) {
    Optional<String> clientId = settings.get(OidcSettings.CLIENT_ID);
    return settings
        .get(OidcSettings.ISSUER)
        .map(
            issuer ->
                new IdentityProvider(
                    issuer,
                    clientId.orElseThrow(),
                    settings.get(OidcSettings.AUDIENCE).or(() -> clientId).orElseThrow(),
                    settings.get(OidcSettings.JWKS_URI),
                    settings.get(OidcSettings.NAME_CLAIM),
                    settings.get(OidcSettings.ROLES_CLAIM),
                    Map.of(
                        "user", settings.get(OidcSettings.USER_ROLE),
                        "publisher", settings.get(OidcSettings.PUBLISHER_ROLE),
                        "auditor", settings.get(OidcSettings.AUDITOR_ROLE),
                        "admin", settings.get(OidcSettings.ADMIN_ROLE),
                        "operator", settings.get(OidcSettings.OPERATOR_ROLE)),
                    settings.get(OidcSettings.TENANT_CLAIM)));
  }

  /** Whether the address is safe against a man in the middle, who could serve keys of his own. */
  public static boolean isTrustworthy(URI address) {
    String host = address.getHost();
    return host != null
        && ("https".equalsIgnoreCase(address.getScheme())
            || ("http".equalsIgnoreCase(address.getScheme()) && THIS_MACHINE.contains(host)));
  }
}
