package dev.tidemark.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The identity provider, and how its tokens are verified: {@code tidemark.oidc}. */
public final class OidcSettings {
  static final SettingList LIST = new SettingList();

  public static final Setting<Duration> CLOCK_SKEW =
      LIST.millis(
          "tidemark.oidc.clock-skew-millis",
          10_000,
          0,
          300_000,
          "Tolerated difference between the provider's clock and this node's when a token is "
              + "validated.");
  public static final Setting<Long> TOKEN_BYTES =
      LIST.bytes(
          "tidemark.oidc.token-bytes",
          16_384,
          1_024,
          65_536,
          "Longest token that is validated; the frame auth takes 16384 at most.");
  public static final Setting<Duration> TIMEOUT =
      LIST.millis(
          "tidemark.oidc.timeout-millis",
          2_000,
          100,
          10_000,
          "Time limit for the connection to the provider, and for each read of its response.");
  public static final Setting<Long> RESPONSE_BYTES =
      LIST.bytes(
          "tidemark.oidc.answer-bytes",
          131_072,
          1_024,
          1_048_576,
          "Longest response that is read from the provider.");
  public static final Setting<Duration> KEYS_AGE =
      LIST.millis(
          "tidemark.oidc.keys-age-millis",
          300_000,
          60_000,
          86_400_000,
          "How long the provider's keys are used before they are fetched again.");
  public static final Setting<Duration> KEYS_INTERVAL =
      LIST.millis(
          "tidemark.oidc.keys-interval-millis",
          10_000,
          100,
          30_000,
          "The provider's keys are fetched at most twice in this time, whatever tokens come.");
  public static final Setting<Duration> KEYS_OUTAGE =
      LIST.millis(
          "tidemark.oidc.keys-outage-millis",
          3_600_000,
          0,
          86_400_000,
          "How long known keys stay valid while the provider cannot be reached.");
  public static final Setting<Optional<String>> ISSUER =
      LIST.optional(
          "tidemark.oidc.issuer",
          SettingList.NONE,
          "The identity provider whose tokens are accepted, as its tokens name it (claim `iss`): "
              + "`https://login.example.com/realms/acme`. Without it no token is accepted. Plain "
              + "`http` only for a provider on the same machine.",
          OidcSettings::parseAddress);
  public static final Setting<Boolean> REQUIRED =
      LIST.flag(
          "tidemark.oidc.required",
          false,
          "Whether a node without an issuer refuses the deployment. `sso.sh` sets it, so that a "
              + "variable that got lost does not bring the server's own accounts back. Anything "
              + "but `true` or `false` refuses the deployment.");
  public static final Setting<Optional<String>> CLIENT_ID =
      LIST.optional(
          "tidemark.oidc.client-id",
          SettingList.NONE,
          "The provider's name for this application. Required with an issuer.");
  public static final Setting<Optional<String>> AUDIENCE =
      LIST.optional(
          "tidemark.oidc.audience",
          "the client id",
          "The audience that an access token must have (claim `aud`). Best one of its own, such as "
              + "`https://gateway.example.com`: every ID token has the client id.");
  public static final Setting<Optional<URI>> JWKS_URI =
      LIST.optional(
          "tidemark.oidc.jwks-uri",
          "`jwks_uri` of `<issuer>/.well-known/openid-configuration`",
          "Where the provider's public keys are.",
          (key, text) -> URI.create(parseAddress(key, text)));
  public static final Setting<String> NAME_CLAIM =
      LIST.text(
          "tidemark.oidc.name-claim",
          "preferred_username",
          "The claim with the caller's name, which owns sessions: one that people cannot change "
              + "themselves, and that is never reassigned.");
  public static final Setting<String> ROLES_CLAIM =
      LIST.text(
          "tidemark.oidc.roles-claim",
          "realm_access.roles",
          "The claim with the caller's roles: a name, or names of nested claims separated by "
              + "dots. Its value is a list, or a text with spaces.");
  public static final Setting<String> USER_ROLE =
      LIST.text("tidemark.oidc.role.user", "user", "The provider's name for the role `user`.");
  public static final Setting<String> PUBLISHER_ROLE =
      LIST.text("tidemark.oidc.role.publisher", "publisher", "The same for `publisher`.");
  public static final Setting<String> AUDITOR_ROLE =
      LIST.text("tidemark.oidc.role.auditor", "auditor", "The same for `auditor`.");
  public static final Setting<String> ADMIN_ROLE =
      LIST.text("tidemark.oidc.role.admin", "admin", "The same for `admin`.");
  public static final Setting<String> OPERATOR_ROLE =
      LIST.text("tidemark.oidc.role.operator", "operator", "The same for `operator`.");
  public static final Setting<Optional<String>> TENANT_CLAIM =
      LIST.optional(
          "tidemark.oidc.tenant-claim",
          SettingList.NONE,
          "The claim with the caller's tenant. Without this key every caller has the tenant "
              + "`default`; with it, a token without the claim is refused.");
  public static final Setting<Optional<String>> SCOPE =
      LIST.optional(
          "tidemark.oidc.scope",
          "the provider's choice",
          "Scopes of a browser's login besides `openid`, separated by spaces: such as `profile "
              + "api://0f1e2d3c/access`.");

  private OidcSettings() {}

  /**
   * Returns a message for a missing setting that another one needs.
   *
   * @param text gives the value of a key, blank if it has none
   */
  static List<String> conflicts(UnaryOperator<String> text) {
    boolean hasIssuer = !text.apply(ISSUER.key()).isBlank();
    if (hasIssuer && text.apply(CLIENT_ID.key()).isBlank()) {
      return List.of(CLIENT_ID.key() + " has to be set where " + ISSUER.key() + " is");
    }
    if (!hasIssuer && text.apply(REQUIRED.key()).strip().equalsIgnoreCase("true")) {
      return List.of(ISSUER.key() + " has to be set: the server was switched to single sign-on");
    }
    return List.of();
  }

  private static String parseAddress(String key, String text) {
    try {
      if (IdentityProvider.isTrustworthy(URI.create(text))) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // no address at all: refused in the same way
    }
    throw new IllegalArgumentException(
        "%s is '%s': must be an address with https, or with http on this machine"
            .formatted(key, text));
  }
}
