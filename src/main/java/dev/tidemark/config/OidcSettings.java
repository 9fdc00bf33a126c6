package dev.tidemark.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Whose tokens are accepted, and what their claims mean here.
 *
 * @param issuer the provider's name for itself, which every token repeats (claim {@code iss})
 * @param clientId what the provider calls this application
 * @param audience whom an access token has to be for (claim {@code aud})
 * @param jwksUri where the provider's keys are; nothing if its own description says it
 * @param nameClaim the claim with the caller's name
 * @param rolesClaim the claim with the caller's roles
 * @param roleNames what the provider calls each of our roles, by our name
 * @param tenantClaim the claim with the caller's tenant; nothing if all are of one tenant
 */
public record OidcSettings(
    String issuer,
    String clientId,
    String audience,
    Optional<URI> jwksUri,
    String nameClaim,
    String rolesClaim,
    Map<String, String> roleNames,
    Optional<String> tenantClaim) {
  public static final String ISSUER = "tidemark.oidc.issuer";
  static final String REQUIRED = "tidemark.oidc.required";
  static final String CLIENT_ID = "tidemark.oidc.client-id";
  static final String AUDIENCE = "tidemark.oidc.audience";
  static final String JWKS_URI = "tidemark.oidc.jwks-uri";
  static final String NAME_CLAIM = "tidemark.oidc.name-claim";
  static final String ROLES_CLAIM = "tidemark.oidc.roles-claim";
  static final String TENANT_CLAIM = "tidemark.oidc.tenant-claim";
  static final String ROLE = "tidemark.oidc.role.";
  static final List<String> ROLES = List.of("user", "publisher", "auditor", "admin");

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  public OidcSettings {
    roleNames = Map.copyOf(roleNames);
  }

  /**
   * Reads what is set; nothing, if no issuer is: then no token is ever accepted.
   *
   * @param text the value of a key, if it has one
   * @throws IllegalArgumentException that names all wrong values
   */
  static Optional<OidcSettings> parse(Function<String, Optional<String>> text) {
    Function<String, Optional<String>> value =
        key -> text.apply(key).map(String::strip).filter(written -> !written.isEmpty());
    Optional<String> issuer = value.apply(ISSUER);
    if (issuer.isEmpty()) {
      if (value.apply(REQUIRED).map(Boolean::parseBoolean).orElse(false)) {
        throw new IllegalArgumentException(
            ISSUER + " has to be set: the server was switched to single sign-on");
      }
      return Optional.empty();
    }
    List<String> refused = new ArrayList<>();
    requireTrustworthy(ISSUER, issuer.get(), refused);
    Optional<String> jwksUri = value.apply(JWKS_URI);
    jwksUri.ifPresent(uri -> requireTrustworthy(JWKS_URI, uri, refused));
    Optional<String> clientId = value.apply(CLIENT_ID);
    if (clientId.isEmpty()) {
      refused.add(CLIENT_ID + " has to be set where " + ISSUER + " is");
    }
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", refused));
    }
    Map<String, String> roleNames = new LinkedHashMap<>();
    ROLES.forEach(role -> roleNames.put(role, value.apply(ROLE + role).orElse(role)));
    return Optional.of(
        new OidcSettings(
            issuer.get(),
            clientId.get(),
            value.apply(AUDIENCE).or(() -> clientId).get(),
            jwksUri.map(URI::create),
            value.apply(NAME_CLAIM).orElse("preferred_username"),
            value.apply(ROLES_CLAIM).orElse("realm_access.roles"),
            roleNames,
            value.apply(TENANT_CLAIM)));
  }

  private static void requireTrustworthy(String key, String text, List<String> refused) {
    try {
      if (isTrustworthy(URI.create(text))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // no address at all: the same answer
    }
    refused.add(
        key + " is '" + text + "': must be an address with https, or with http on this machine");
  }

  /** Whether nobody on the way can put keys of their own in place of those that are there. */
  public static boolean isTrustworthy(URI address) {
    String host = address.getHost();
    return host != null
        && ("https".equalsIgnoreCase(address.getScheme())
            || ("http".equalsIgnoreCase(address.getScheme()) && THIS_MACHINE.contains(host)));
  }
}
