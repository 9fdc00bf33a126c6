package dev.tidemark.testing.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An issuer of tokens on this machine: it signs tokens with its own keys and serves the keys as a
 * provider does. It has neither users nor a login, for which tests use {@link Keycloak}.
 */
public final class LocalIssuer implements AutoCloseable {
  public static final String AUDIENCE = "tidemark";
  private static final String KEYS = "/keys";

  private final AtomicInteger keysServed = new AtomicInteger();
  private final int port;
  private volatile HttpServer server;
  private volatile RSAKey key = newKey();
  private volatile List<RSAKey> published = List.of(key);
  private volatile String describedIssuer;
  private volatile CountDownLatch mayAnswer = new CountDownLatch(0);

  public LocalIssuer() {
    server = listen(0);
    port = server.getAddress().getPort();
    describedIssuer = issuer();
  }

  public String issuer() {
    return "http://127.0.0.1:" + port;
  }

  /** The number of requests for the keys. */
  public int keysServed() {
    return keysServed.get();
  }

  /** The key that signs now. */
  public RSAKey key() {
    return key;
  }

  /** Signs with another key from now on, the only one that is published. */
  public void rotate() {
    key = newKey();
    published = List.of(key);
  }

  /** Describes itself as another issuer. */
  public void describeAs(String other) {
    describedIssuer = other;
  }

  /** Accepts requests, but responds to none until {@link #answerAgain}. */
  public void hang() {
    mayAnswer = new CountDownLatch(1);
  }

  public void answerAgain() {
    mayAnswer.countDown();
  }

  /** Stops responding to requests. */
  public void goAway() {
    server.stop(0);
  }

  /** Responds again, at the same address. */
  public void comeBack() {
    server = listen(port);
  }

  @Override
  public void close() {
    goAway();
  }

  /** A signed token of this subject, valid for five minutes. */
  public String token(String subject, String... roles) {
    return sign(claims(subject, Instant.now().plusSeconds(300), roles).build());
  }

  /** The claims of an access token as Keycloak makes them. */
  public JWTClaimsSet.Builder claims(String subject, Instant expiresAt, String... roles) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience(List.of("account", AUDIENCE))
        .subject("id-of-" + subject)
        .claim("typ", "Bearer")
        .claim("sid", "login-of-" + subject)
        .claim("preferred_username", subject)
        .claim("realm_access", Map.of("roles", List.of(roles)))
        .jwtID(UUID.randomUUID().toString())
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(expiresAt));
  }

  public String sign(JWTClaimsSet claims) {
    return sign(claims, key, "JWT");
  }

  /** Signs with any key and under any header type. */
  public static String sign(JWTClaimsSet claims, RSAKey key, String type) {
    try {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256)
                  .keyID(key.getKeyID())
                  .type(new JOSEObjectType(type))
                  .build(),
              claims);
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(2048)
          .keyID(UUID.randomUUID().toString())
          .keyUse(KeyUse.SIGNATURE)
          .generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private HttpServer listen(int at) {
    try {
      HttpServer http =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), at), 0);
      http.createContext(
          "/.well-known/openid-configuration",
          exchange ->
              answer(
                  exchange,
                  "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}"
                      .formatted(describedIssuer, issuer() + KEYS)));
      http.createContext(
          KEYS,
          exchange -> {
            keysServed.incrementAndGet();
            answer(exchange, new JWKSet(List.copyOf(published)).toString());
          });
      http.start();
      return http;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange, String json) throws IOException {
    try {
      mayAnswer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    byte[] body = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
