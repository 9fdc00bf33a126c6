package dev.tidemark.testing.identity;

import dev.tidemark.tools.run.WildFlyServerBuilder;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.Map;

/**
 * The identity provider of the tests: a real Keycloak with the realm of {@code
 * src/test/resources/keycloak}, one for all tests of a JVM, started on first use.
 *
 * <p>Its users are alice, bob, auditor and admin of the tenant {@code acme}, carol of {@code
 * globex}, {@code norole} without a role and {@code notenant} without a tenant; each password is
 * the name. Programs get their tokens here; the page's client is {@code tidemark}.
 */
public final class Keycloak {
  private static final String CLIENT = "tidemark";
  private static final String CLIENT_SECRET = "tidemark-secret-of-the-tests";
  private static Keycloak shared;

  private final KeycloakProcess process;
  private final KeycloakAdmin admin;

  private Keycloak(KeycloakProcess process) {
    this.process = process;
    admin = new KeycloakAdmin(process.uri(""));
  }

  /**
   * The instance of this JVM. It may still be starting: methods that need a response wait for it,
   * so that a gateway can start at the same time.
   */
  public static synchronized Keycloak shared() {
    if (shared == null) {
      KeycloakProcess process = KeycloakProcess.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::close));
      shared = new Keycloak(process);
    }
    return shared;
  }

  /** The issuer that its tokens name. */
  public String issuer() {
    return process.uri("/realms/" + KeycloakAdmin.REALM).toString();
  }

  /** Makes a server trust this provider by its environment and secret, as an operator does. */
  public WildFlyServerBuilder connect(WildFlyServerBuilder server) {
    return server
        .environment("TIDEMARK_OIDC_ISSUER", issuer())
        .environment("TIDEMARK_OIDC_CLIENT_ID", CLIENT)
        .environment("TIDEMARK_OIDC_CLIENT_SECRET", CLIENT_SECRET)
        .environment("TIDEMARK_OIDC_TENANT_CLAIM", "tenant");
  }

  /** Allows logins to that page, and the return to it after a logout. */
  public void allow(URI page) {
    process.awaitReady();
    admin.changeClient(
        CLIENT,
        client -> client.add("redirectUris", KeycloakAdmin.texts(page + "*")),
        Map.of("post.logout.redirect.uris", page + "*"));
  }

  /** Sets the address to which this provider reports the end of a login. */
  public void setBackchannelLogoutUrl(URI url) {
    process.awaitReady();
    admin.changeClient(CLIENT, client -> client, Map.of("backchannel.logout.url", url.toString()));
  }

  /** A token of five minutes for a program to which a user gave name and password. */
  public String token(String user) {
    return token("tidemark-program", user);
  }

  /** As {@link #token}, valid for some seconds. */
  public String shortToken(String user) {
    return token("tidemark-brief", user);
  }

  /** As {@link #token}, for another application. */
  public String tokenForElsewhere(String user) {
    return token("elsewhere-program", user);
  }

  /** As {@link #token}, but the provider calls itself by the other name of this machine. */
  public String tokenOfAnotherIssuer(String user) {
    URI elsewhere = URI.create(issuer().replace("127.0.0.1", "localhost"));
    return grant(elsewhere, passwordOf("tidemark-program", user)).getString("access_token");
  }

  /** A token of a program that acts for nobody, with the role {@code publisher}. */
  public String publisherToken() {
    return grant(
            Map.of(
                "grant_type", "client_credentials",
                "client_id", "tidemark-publisher",
                "client_secret", "publisher-secret-of-the-tests"))
        .getString("access_token");
  }

  /** From now on tokens are signed with a new key; those of the old one stay valid. */
  public void rotateKey() {
    admin.addKey();
  }

  /** Ends all logins of a user, as an administrator of the provider does. */
  public void logOut(String user) {
    admin.logOut(user);
  }

  private String token(String client, String user) {
    return grant(passwordOf(client, user)).getString("access_token");
  }

  private static Map<String, String> passwordOf(String client, String user) {
    return Map.of(
        "grant_type", "password", "client_id", client, "username", user, "password", user);
  }

  private JsonObject grant(Map<String, String> form) {
    return grant(URI.create(issuer()), form);
  }

  private JsonObject grant(URI realm, Map<String, String> form) {
    process.awaitReady();
    return KeycloakAdmin.grant(realm, form);
  }
}
