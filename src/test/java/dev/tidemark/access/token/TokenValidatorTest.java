package dev.tidemark.access.token;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tidemark.access.Role;
import dev.tidemark.config.IdentityProvider;
import dev.tidemark.testing.identity.LocalIssuer;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Name;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acceptance of tokens, with an issuer on this machine that serves its keys by HTTP. */
final class TokenValidatorTest {
  private static final Duration SKEW = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int MAX_BYTES = 16_384;

  private final LocalIssuer issuer = new LocalIssuer();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final TokenValidator check = check(provider(issuer.issuer()), LONG.dividedBy(2), LONG);

  @AfterEach
  void stop() {
    issuer.close();
    executor.shutdownNow();
  }

  @Test
  void aTokenOfTheProviderForThisApplicationIsReadAsItStands() {
    Instant end = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.SECONDS);
    VerifiedToken token =
        check.access(issuer.sign(issuer.claims("alice", end, "user", "audit", "other").build()));
    assertEquals("id-of-alice", token.subject());
    assertEquals("alice", token.name());
    assertEquals(Set.of(Role.USER, Role.AUDITOR), token.roles());
    assertEquals("default", token.tenant());
    assertEquals(end, token.expiresAt());
    assertEquals(Optional.of("login-of-alice"), token.providerSession());
    assertTrue(Duration.between(token.issuedAt(), Instant.now()).compareTo(LONG) < 0);
  }

  /** Who was told to wait must not have another token by another spelling. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bEARER %s.%s",
        "Bearer   %s.%s ",
        "Bearer %s.%s=",
        "Bearer %s.!%s",
        "Bearer %s.%s~~"
      })
  void aTokenIsTheSameHoweverItIsWritten(String spelling) {
    String token = issuer.sign(claims().build());
    int dot = token.lastIndexOf('.');
    String written = spelling.formatted(token.substring(0, dot), token.substring(dot + 1));
    assertEquals("alice", check.access(BearerToken.in(written).orElseThrow()).name());
    assertEquals(Optional.of(token), BearerToken.canonical(written));
  }

  @Test
  void claimsAreFoundByNameOrByPath() {
    IdentityProvider entra =
        new IdentityProvider(
            issuer.issuer(),
            "client",
            "api://tidemark",
            Optional.of(URI.create(issuer.issuer() + "/keys")),
            "oid",
            "resource.tidemark.roles",
            roleNames(),
            Optional.of("https://example.com/tenant"));
    TokenValidator other = check(entra, LONG.dividedBy(2), LONG);
    JWTClaimsSet.Builder claims =
        claims()
            .audience("api://tidemark")
            .claim("oid", "4711")
            .claim("resource", Map.of("tidemark", Map.of("roles", "user audit")));
    assertCode(ErrorCode.WRONG_CALLER, () -> other.access(issuer.sign(claims.build())));
    claims.claim("https://example.com/tenant", "acme");
    VerifiedToken token = other.access(issuer.sign(claims.build()));
    assertEquals("4711", token.name());
    assertEquals("acme", token.tenant());
    assertEquals(Set.of(Role.USER, Role.AUDITOR), token.roles());
  }

  @Test
  void aTokenForSomebodyElseIsRefused() {
    assertRefused(ErrorCode.WRONG_AUDIENCE, claims().audience("account").build());
    assertRefused(ErrorCode.WRONG_AUDIENCE, claims().audience(List.of()).build());
  }

  @Test
  void aTokenOfAnotherIssuerIsRefused() {
    assertRefused(ErrorCode.WRONG_ISSUER, claims().issuer(issuer.issuer() + "/").build());
    assertRefused(ErrorCode.WRONG_ISSUER, claims().issuer(null).build());
  }

  @Test
  void aTokenCountsFromItsBeginningToItsEndWithTheSkewOfClocksOnBothSides() {
    Instant now = Instant.now();
    assertRefused(ErrorCode.TOKEN_EXPIRED, claims().expirationTime(at(now, -6)).build());
    assertAccepted(claims().expirationTime(at(now, -1)).build());
    assertRefused(ErrorCode.TOKEN_NOT_YET_VALID, claims().notBeforeTime(at(now, 60)).build());
    assertRefused(ErrorCode.TOKEN_NOT_YET_VALID, claims().issueTime(at(now, 60)).build());
    assertAccepted(claims().notBeforeTime(at(now, 3)).issueTime(at(now, 3)).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exp", "iat", "sub", "preferred_username"})
  void aTokenWithoutWhatIsNeededIsRefused(String claim) {
    assertRefused(ErrorCode.MALFORMED_TOKEN, claims().claim(claim, null).build());
  }

  /** What is computed with such a time overflows, in the heartbeat of all connections for one. */
  @Test
  void aTimeBeyondTheYear9999IsNone() {
    long last = 253_402_300_799L;
    assertAccepted(claims().claim("exp", last).build());
    for (long seconds : new long[] {last + 1, 10_000_000_000_000_000L, Long.MAX_VALUE, -1}) {
      assertRefused(ErrorCode.MALFORMED_TOKEN, claims().claim("exp", seconds).build());
      assertRefused(ErrorCode.MALFORMED_TOKEN, claims().claim("iat", seconds).build());
      assertRefused(ErrorCode.MALFORMED_TOKEN, claims().claim("nbf", seconds).build());
    }
  }

  @Test
  void aNameThatWouldSpoilARecordIsRefused() {
    for (String name : List.of(" ", "a\nb", "a\u0000b")) {
      assertRefused(ErrorCode.MALFORMED_TOKEN, claims().claim("preferred_username", name).build());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferred_username", "sid"})
  void aNameIsAsLongAsARecordTakesIt(String claim) {
    assertAcceptedTogether(claim, "a".repeat(Name.MAX_LENGTH));
    assertAcceptedTogether(claim, "\ud83c\udf0a".repeat(Name.MAX_LENGTH));
    assertRefused(
        ErrorCode.NAME_TOO_LONG, claims().claim(claim, "a".repeat(Name.MAX_LENGTH + 1)).build());
  }

  private void assertAcceptedTogether(String claim, String value) {
    VerifiedToken token = check.access(issuer.sign(claims().claim(claim, value).build()));
    assertTrue(List.of(token.name(), token.providerSession().orElseThrow()).contains(value), value);
  }

  @Test
  void aTenantIsAsLongAsARecordTakesIt() {
    IdentityProvider ofTenants = tenantsIn("tenant");
    TokenValidator other = check(ofTenants, LONG.dividedBy(2), LONG);
    String longest = "t".repeat(Name.MAX_LENGTH);
    assertEquals(
        longest, other.access(issuer.sign(claims().claim("tenant", longest).build())).tenant());
    String tooLong = issuer.sign(claims().claim("tenant", longest + "t").build());
    assertCode(ErrorCode.NAME_TOO_LONG, () -> other.access(tooLong));
  }

  private IdentityProvider tenantsIn(String claim) {
    IdentityProvider plain = provider(issuer.issuer());
    return new IdentityProvider(
        plain.issuer(),
        plain.clientId(),
        plain.audience(),
        plain.jwksUri(),
        plain.nameClaim(),
        plain.rolesClaim(),
        plain.roleNames(),
        Optional.of(claim));
  }

  /** OpenID Connect allows 255 characters. */
  @Test
  void aSubjectMayBeLongerThanAName() {
    String longest = "s".repeat(255);
    assertEquals(longest, check.access(issuer.sign(claims().subject(longest).build())).subject());
    assertRefused(ErrorCode.MALFORMED_TOKEN, claims().subject(longest + "s").build());
  }

  @Test
  void aTokenThatNobodySignedIsRefused() {
    JWTClaimsSet claims = claims().build();
    assertCode(
        ErrorCode.BAD_SIGNATURE, () -> check.access(new PlainJWT(claims).serialize())); // alg: none
    String signed = issuer.sign(claims);
    String unsigned = signed.substring(0, signed.lastIndexOf('.') + 1);
    assertThrows(TokenException.class, () -> check.access(unsigned));
  }

  /** If the algorithm took this key for a shared secret, the secret would be public. */
  @Test
  void aTokenThatIsSignedWithThePublicKeyAsASecretIsRefused() throws JOSEException {
    RSAKey key = issuer.key();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(),
            claims().build());
    token.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
    assertCode(ErrorCode.BAD_SIGNATURE, () -> check.access(token.serialize()));
    assertEquals(0, issuer.keysServed(), "not worth asking for keys");
  }

  @Test
  void aTokenThatWasChangedIsRefused() {
    String[] parts = issuer.token("alice", "user").split("\\.", -1);
    String[] others = issuer.token("alice", "admin").split("\\.", -1);
    assertCode(
        ErrorCode.BAD_SIGNATURE,
        () -> check.access(String.join(".", parts[0], others[1], parts[2])));
  }

  /** A key that the token brings along proves nothing. */
  @Test
  void aTokenThatIsSignedWithAKeyOfItsOwnIsRefused() throws JOSEException {
    RSAKey own = LocalIssuer.newKey();
    assertCode(
        ErrorCode.BAD_SIGNATURE,
        () -> check.access(LocalIssuer.sign(claims().build(), own, "JWT")));
    RSAKey named = new RSAKey.Builder(own).keyID(issuer.key().getKeyID()).build();
    assertCode(
        ErrorCode.BAD_SIGNATURE,
        () -> check.access(LocalIssuer.sign(claims().build(), named, "JWT")));
    var curve = new ECKeyGenerator(Curve.P_256).keyID(issuer.key().getKeyID()).generate();
    SignedJWT elliptic =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .jwk(curve.toPublicJWK())
                .keyID(curve.getKeyID())
                .build(),
            claims().build());
    elliptic.sign(new ECDSASigner(curve));
    assertThrows(TokenException.class, () -> check.access(elliptic.serialize()));
  }

  @Test
  void whatIsNoTokenIsRefusedWithoutAWordOfIt() {
    String longest = "x".repeat(MAX_BYTES + 1);
    for (String text : List.of("", "secret", "a.b.c", "e30.e30.", "{}", longest)) {
      TokenException refused = assertThrows(TokenException.class, () -> check.access(text));
      assertEquals(ErrorCode.MALFORMED_TOKEN, refused.code(), text);
      assertFalse(!text.isEmpty() && refused.getMessage().contains(text), refused.getMessage());
      assertEquals(null, refused.getCause());
    }
  }

  @Test
  void onlyAnAccessTokenIsAnAccessToken() {
    for (String typ : List.of("ID", "Refresh", "Offline", "Logout", "DPoP")) {
      assertRefused(ErrorCode.WRONG_TOKEN_TYPE, claims().claim("typ", typ).build());
    }
    JWTClaimsSet.Builder plain = claims().claim("typ", null).claim("scope", "profile");
    assertAccepted(plain.build());
    assertEquals(
        "alice", check.access(LocalIssuer.sign(plain.build(), issuer.key(), "at+jwt")).name());
    assertCode(
        ErrorCode.WRONG_TOKEN_TYPE,
        () -> check.access(LocalIssuer.sign(plain.build(), issuer.key(), "logout+jwt")));
    assertRefused(
        ErrorCode.WRONG_TOKEN_TYPE, claims().claim("typ", null).claim("nonce", "n").build());
    for (String claim : List.of("nonce", "at_hash", "c_hash", "s_hash")) {
      assertRefused(
          ErrorCode.WRONG_TOKEN_TYPE,
          claims().claim("typ", null).claim("scope", "openid").claim(claim, "x").build());
    }
    assertRefused(ErrorCode.WRONG_TOKEN_TYPE, claims().claim("cnf", Map.of("jkt", "k")).build());
    assertCode(ErrorCode.WRONG_TOKEN_TYPE, () -> check.access(issuer.sign(logout().build())));
  }

  /**
   * An ID token of a login without a nonce: it may have roles, and the client as its {@code azp}.
   */
  @Test
  void aTokenForTheClientHasToShowThatItIsNoIdToken() {
    JWTClaimsSet.Builder doubtful = claims().claim("typ", null);
    assertRefused(ErrorCode.WRONG_TOKEN_TYPE, doubtful.build());
    assertRefused(ErrorCode.WRONG_TOKEN_TYPE, doubtful.claim("azp", LocalIssuer.AUDIENCE).build());
    assertEquals(
        "alice",
        check.access(LocalIssuer.sign(doubtful.build(), issuer.key(), "at+jwt")).name(),
        "RFC 9068");
    assertAccepted(doubtful.claim("azp", "a program of the provider's").build());
    for (Map.Entry<String, Object> said :
        Map.<String, Object>of(
                "scp", "access", // Entra ID
                "azpacr", "1",
                "cid", "0oa1", // Okta
                "gty", "client-credentials", // Auth0
                "client_id", "x")
            .entrySet()) {
      assertAccepted(claims().claim("typ", null).claim(said.getKey(), said.getValue()).build());
    }
    IdentityProvider ofItsOwn =
        new IdentityProvider(
            issuer.issuer(),
            LocalIssuer.AUDIENCE,
            "https://gateway.example.com",
            Optional.empty(),
            "preferred_username",
            "realm_access.roles",
            roleNames(),
            Optional.empty());
    JWTClaimsSet.Builder bare = claims().claim("typ", null).audience("https://gateway.example.com");
    assertEquals(
        "alice", check(ofItsOwn, LONG.dividedBy(2), LONG).access(issuer.sign(bare.build())).name());
  }

  @Test
  void theTimeOfTheSignInIsThatOfThePersonAndNotOfTheToken() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant morning = now.minusSeconds(7_200);
    JWTClaimsSet.Builder refreshed = claims().issueTime(Date.from(now));
    assertEquals(Optional.of(now), signedIn(refreshed));
    refreshed.claim("auth_time", morning.getEpochSecond());
    assertEquals(Optional.of(morning), signedIn(refreshed));
    for (Object odd : List.of(0, -1, now.getEpochSecond() + 60, "yesterday")) {
      assertEquals(Optional.of(now), signedIn(refreshed.claim("auth_time", odd)), "" + odd);
    }
  }

  private Optional<Instant> signedIn(JWTClaimsSet.Builder claims) {
    return check.access(issuer.sign(claims.build())).authentication().authenticatedAt();
  }

  /** What is made of a time, as the milliseconds until then, must not overflow. */
  @Test
  void anUnknownKeyIsAskedForOnceAndThenAtTheBoundedRate() {
    Duration interval = Duration.ofSeconds(2);
    TokenValidator bounded = check(provider(issuer.issuer()), interval, LONG);
    bounded.access(issuer.token("alice"));
    assertEquals(1, issuer.keysServed());
    String foreign = LocalIssuer.sign(claims().build(), LocalIssuer.newKey(), "JWT");
    long begin = System.nanoTime();
    assertCode(ErrorCode.BAD_SIGNATURE, () -> bounded.access(foreign));
    assertEquals(2, issuer.keysServed());
    for (int i = 0; i < 200; i++) {
      assertThrows(TokenException.class, () -> bounded.access(foreign));
    }
    long intervals = (System.nanoTime() - begin) / interval.toNanos();
    assertTrue(issuer.keysServed() <= 2 + 2 * (intervals + 1), "" + issuer.keysServed());
    bounded.access(issuer.token("alice")); // a known key needs no fetch
  }

  @Test
  void aRotatedKeyIsFound() {
    String old = issuer.token("alice");
    check.access(old);
    issuer.rotate();
    assertEquals("bob", check.access(issuer.token("bob")).name());
    assertCode(ErrorCode.KEYS_UNAVAILABLE, () -> check.access(old)); // a removed key
  }

  @Test
  void keysThatAreKnownGoOnCountingWhileTheProviderIsAway() {
    Duration age = Duration.ofMillis(400);
    TokenValidator aging = check(provider(issuer.issuer()), Duration.ofMillis(100), age);
    aging.access(issuer.token("alice"));
    issuer.goAway();
    long begin = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              aging.access(issuer.token("alice"));
              return System.nanoTime() - begin > age.multipliedBy(3).toNanos();
            });
    String foreign = LocalIssuer.sign(claims().build(), LocalIssuer.newKey(), "JWT");
    assertCode(ErrorCode.KEYS_UNAVAILABLE, () -> aging.access(foreign));
  }

  @Test
  void withoutKeysNoTokenCountsUntilTheProviderIsThere() {
    TokenValidator fresh =
        check(provider(issuer.issuer()), Duration.ofMillis(100), Duration.ofSeconds(60));
    issuer.goAway();
    assertCode(ErrorCode.KEYS_UNAVAILABLE, () -> fresh.access(issuer.token("alice")));
    issuer.comeBack();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsMatching(TokenException.class::isInstance)
        .until(() -> fresh.access(issuer.token("alice")).name().equals("alice"));
  }

  @Test
  void keysOfAnAddressThatDescribesAnotherIssuerAreNotTaken() {
    issuer.describeAs("https://somebody.example.com");
    assertCode(ErrorCode.KEYS_UNAVAILABLE, () -> check.access(issuer.token("alice")));
    assertEquals(0, issuer.keysServed());
  }

  @Test
  void aLogoutTokenNamesALoginOrASubject() {
    LogoutToken token = check.logout(issuer.sign(logout().build()));
    assertEquals(Optional.of("login-of-alice"), token.providerSession());
    assertEquals(Optional.of("id-of-alice"), token.subject());
    assertEquals(
        Optional.empty(),
        check
            .logout(LocalIssuer.sign(logout().subject(null).build(), issuer.key(), "logout+jwt"))
            .subject());
    assertLogoutRefused(ErrorCode.MALFORMED_TOKEN, logout().subject(null).claim("sid", null));
    assertLogoutRefused(ErrorCode.MALFORMED_TOKEN, logout().jwtID(null));
  }

  @Test
  void whatIsNoLogoutTokenEndsNothing() {
    assertLogoutRefused(ErrorCode.WRONG_TOKEN_TYPE, claims());
    assertLogoutRefused(ErrorCode.WRONG_TOKEN_TYPE, logout().claim("nonce", "n"));
    assertLogoutRefused(ErrorCode.WRONG_TOKEN_TYPE, logout().claim("events", Map.of()));
    assertLogoutRefused(ErrorCode.WRONG_AUDIENCE, logout().audience("other"));
    assertLogoutRefused(ErrorCode.WRONG_ISSUER, logout().issuer("https://somebody.example.com"));
    assertLogoutRefused(ErrorCode.TOKEN_EXPIRED, logout().expirationTime(at(Instant.now(), -60)));
    assertLogoutRefused(
        ErrorCode.TOKEN_EXPIRED, logout().expirationTime(null).issueTime(at(Instant.now(), -300)));
    assertCode(
        ErrorCode.BAD_SIGNATURE,
        () -> check.logout(LocalIssuer.sign(logout().build(), LocalIssuer.newKey(), "JWT")));
  }

  private JWTClaimsSet.Builder claims() {
    return issuer.claims("alice", Instant.now().plusSeconds(300), "user");
  }

  private JWTClaimsSet.Builder logout() {
    return claims()
        .claim("typ", "Logout")
        .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
  }

  private static Date at(Instant now, long seconds) {
    return Date.from(now.plusSeconds(seconds));
  }

  private void assertAccepted(JWTClaimsSet claims) {
    assertEquals("alice", check.access(issuer.sign(claims)).name());
  }

  private void assertRefused(ErrorCode code, JWTClaimsSet claims) {
    assertCode(code, () -> check.access(issuer.sign(claims)));
  }

  private void assertLogoutRefused(ErrorCode code, JWTClaimsSet.Builder claims) {
    assertCode(code, () -> check.logout(issuer.sign(claims.build())));
  }

  private static void assertCode(ErrorCode code, Runnable verification) {
    assertEquals(code, assertThrows(TokenException.class, verification::run).code());
  }

  private static IdentityProvider provider(String issuer) {
    return new IdentityProvider(
        issuer,
        LocalIssuer.AUDIENCE,
        LocalIssuer.AUDIENCE,
        Optional.empty(),
        "preferred_username",
        "realm_access.roles",
        roleNames(),
        Optional.empty());
  }

  private static Map<String, String> roleNames() {
    return Map.of(
        "user",
        "user",
        "publisher",
        "publish",
        "auditor",
        "audit",
        "admin",
        "admin",
        "operator",
        "operate");
  }

  private TokenValidator check(IdentityProvider provider, Duration interval, Duration age) {
    return new TokenValidator(
        provider,
        JwksCache.cached(
            provider,
            new JwksCache.Limits(age, interval, LONG, Duration.ofSeconds(5), 100_000),
            executor),
        SKEW,
        MAX_BYTES);
  }
}
