package dev.tidemark.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's settings of the identity provider whose tokens are accepted. */
final class IdentityProviderTest {
  private static final String HOME = "https://login.example.com/realms/acme";

  @Test
  void withoutAnIssuerThereIsNoProvider() {
    assertEquals(
        Optional.empty(),
        parse(Map.of(OidcSettings.CLIENT_ID.key(), "tidemark", OidcSettings.ISSUER.key(), " ")));
  }

  @Test
  void aServerThatWasSwitchedToAProviderDoesNotGoWithoutOne() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> parse(Map.of(OidcSettings.REQUIRED.key(), "true")));
    assertTrue(refused.getMessage().contains(OidcSettings.ISSUER.key()));
    assertThrows(
        IllegalArgumentException.class, () -> parse(Map.of(OidcSettings.REQUIRED.key(), " True ")));
    assertEquals(Optional.empty(), parse(Map.of(OidcSettings.REQUIRED.key(), "false")));
  }

  @Test
  void whatIsNotSetIsWhatKeycloakDoes() {
    assertEquals(
        new IdentityProvider(
            HOME,
            "tidemark",
            "tidemark",
            Optional.empty(),
            "preferred_username",
            "realm_access.roles",
            Map.of(
                "user",
                "user",
                "publisher",
                "publisher",
                "auditor",
                "auditor",
                "admin",
                "admin",
                "operator",
                "operator"),
            Optional.empty()),
        parse(Map.of(OidcSettings.ISSUER.key(), HOME, OidcSettings.CLIENT_ID.key(), "tidemark"))
            .orElseThrow());
  }

  @Test
  void whatIsSetIsTaken() {
    IdentityProvider provider =
        parse(
                Map.of(
                    OidcSettings.ISSUER.key(),
                    "http://localhost:8180/realms/acme",
                    OidcSettings.CLIENT_ID.key(),
                    "tidemark",
                    OidcSettings.AUDIENCE.key(),
                    "api://tidemark",
                    OidcSettings.JWKS_URI.key(),
                    "https://keys.example.com/all",
                    OidcSettings.NAME_CLAIM.key(),
                    "oid",
                    OidcSettings.ROLES_CLAIM.key(),
                    "roles",
                    OidcSettings.AUDITOR_ROLE.key(),
                    "Tidemark.Audit",
                    OidcSettings.TENANT_CLAIM.key(),
                    " tid "))
            .orElseThrow();
    assertEquals("api://tidemark", provider.audience());
    assertEquals(Optional.of(URI.create("https://keys.example.com/all")), provider.jwksUri());
    assertEquals("oid", provider.nameClaim());
    assertEquals("roles", provider.rolesClaim());
    assertEquals("Tidemark.Audit", provider.roleNames().get("auditor"));
    assertEquals("admin", provider.roleNames().get("admin"));
    assertEquals(Optional.of("tid"), provider.tenantClaim());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://login.example.com", "login.example.com", "file:///keys", "https:", "a b"})
  void keysAreFetchedOnlyFromWhereNobodyCanPutOthersInTheirPlace(String address) {
    assertEquals(
        "tidemark.oidc.issuer is '%1$s': must be an address with https, or with http on this machine; tidemark.oidc.jwks-uri is '%1$s': must be an address with https, or with http on this machine; tidemark.oidc.client-id has to be set where tidemark.oidc.issuer is"
            .formatted(address),
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    parse(
                        Map.of(
                            OidcSettings.ISSUER.key(),
                            address,
                            OidcSettings.JWKS_URI.key(),
                            address)))
            .getMessage());
  }

  private static Optional<IdentityProvider> parse(Map<String, String> values) {
    return Settings.of(key -> Optional.ofNullable(values.get(key))).identityProvider();
  }
}
