package dev.tidemark.access.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.tidemark.config.IdentityProvider;
import dev.tidemark.wire.ErrorCode;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * Judges tokens: first the signature, by the provider's keys and never by a key in the token, then
 * issuer, kind, audience and time. May wait for the provider.
 */
final class TokenValidator {
  /** Public-key algorithms only: a shared secret would be the public key itself. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Set<String> ACCESS_TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
  private static final Set<String> LOGOUT_TYPES =
      Set.of("jwt", "logout+jwt", "application/logout+jwt");

  /** Claims that only an ID token has. */
  private static final Set<String> OF_AN_ID_TOKEN = Set.of("nonce", "at_hash", "c_hash", "s_hash");

  /**
   * Claims of access tokens that no ID token has: what the bearer may do, and to whom the token was
   * given, in the words of RFC 9068, Entra ID, Okta and Auth0.
   */
  private static final Set<String> OF_AN_ACCESS_TOKEN =
      Set.of(
          "scope", "scp", "client_id", "cid", "appid", "azpacr", "appidacr", "gty", "permissions");

  private static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

  /** The life of a logout token that names no end, as those of older providers. */
  private static final Duration LOGOUT_LIFE = Duration.ofMinutes(2);

  private final IdentityProvider provider;
  private final Duration clockSkew;
  private final int maxBytes;
  private final DefaultJWTProcessor<SecurityContext> signatures = new DefaultJWTProcessor<>();

  TokenValidator(
      IdentityProvider provider,
      JWKSource<SecurityContext> keys,
      Duration clockSkew,
      int maxBytes) {
    this.provider = provider;
    this.clockSkew = clockSkew;
    this.maxBytes = maxBytes;
    signatures.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    signatures.setJWSTypeVerifier((type, context) -> {}); // checked below, with the claims
    signatures.setJWTClaimsSetVerifier((claims, context) -> {}); // the same
  }

  /**
   * @throws TokenException if it is not a valid access token of the provider for this application
   */
  VerifiedToken access(String token) {
    SignedJWT signed = parse(token);
    TokenClaims claims = verified(signed);
    requireFrom(claims);
    if (!isAccessToken(signed, claims)) {
      throw new TokenException(ErrorCode.WRONG_TOKEN_TYPE, "This is not a bearer access token.");
    }
    requireFor(claims, provider.audience());
    requireNow(claims, claims.instant("exp"));
    return claims.read(provider);
  }

  /**
   * @throws TokenException if it is not a valid logout token of the provider for this application
   */
  LogoutToken logout(String token) {
    SignedJWT signed = parse(token);
    TokenClaims claims = verified(signed);
    requireFrom(claims);
    if (!LOGOUT_TYPES.contains(typeOf(signed))
        || claims.has("nonce")
        || !claims.hasField("events", LOGOUT_EVENT)) {
      throw new TokenException(ErrorCode.WRONG_TOKEN_TYPE, "This is not a logout token.");
    }
    requireFor(claims, provider.clientId());
    Instant issuedAt = claims.instant("iat");
    Instant end = claims.has("exp") ? claims.instant("exp") : issuedAt.plus(LOGOUT_LIFE);
    requireNow(claims, end);
    Optional<String> subject = claims.text("sub");
    Optional<String> providerSession = claims.providerSession();
    if (subject.isEmpty() && providerSession.isEmpty()) {
      throw TokenClaims.missing("sid");
    }
    return new LogoutToken(
        claims.text("jti").orElseThrow(() -> TokenClaims.missing("jti")),
        subject,
        providerSession,
        issuedAt,
        end.plus(clockSkew));
  }

  /** Exceptions of the parser may quote the token, so none is passed on. */
  private SignedJWT parse(String token) {
    if (token.length() > maxBytes) {
      throw new TokenException(
          ErrorCode.MALFORMED_TOKEN, "A token may have at most " + maxBytes + " characters.");
    }
    try {
      JWT parsed = JWTParser.parse(token);
      if (parsed instanceof SignedJWT signed
          && ALGORITHMS.contains(signed.getHeader().getAlgorithm())) {
        signed.getJWTClaimsSet(); // throws if it has none
        return signed;
      }
    } catch (ParseException | IllegalArgumentException e) {
      throw new TokenException(ErrorCode.MALFORMED_TOKEN, "This is not a JSON Web Token.");
    }
    throw new TokenException(
        ErrorCode.BAD_SIGNATURE, "The token is not signed in a way that is accepted here.");
  }

  private TokenClaims verified(SignedJWT signed) {
    try {
      JWTClaimsSet claims = signatures.process(signed, null);
      return new TokenClaims(claims.toJSONObject());
    } catch (KeySourceException | RejectedExecutionException e) {
      throw new TokenException(
          ErrorCode.KEYS_UNAVAILABLE, "The identity provider's keys cannot be had just now.");
    } catch (BadJOSEException | JOSEException e) {
      throw new TokenException(
          ErrorCode.BAD_SIGNATURE, "The token is not signed by the identity provider.");
    }
  }

  private void requireFrom(TokenClaims claims) {
    if (!claims.text("iss").equals(Optional.of(provider.issuer()))) {
      throw new TokenException(ErrorCode.WRONG_ISSUER, "The token is of another issuer.");
    }
  }

  private static void requireFor(TokenClaims claims, String audience) {
    if (!claims.names("aud", audience)) {
      throw new TokenException(ErrorCode.WRONG_AUDIENCE, "The token is for somebody else.");
    }
  }

  private void requireNow(TokenClaims claims, Instant end) {
    Instant now = Instant.now();
    if (!now.minus(clockSkew).isBefore(end)) {
      throw new TokenException(ErrorCode.TOKEN_EXPIRED, "The token has expired.");
    }
    Instant latestBegin = now.plus(clockSkew);
    if (claims.instant("iat").isAfter(latestBegin)
        || (claims.has("nbf") && claims.instant("nbf").isAfter(latestBegin))) {
      throw new TokenException(ErrorCode.TOKEN_NOT_YET_VALID, "The token is not valid yet.");
    }
  }

  /**
   * Whether this is a bearer access token. Keycloak says so in a claim. Otherwise it has no claim
   * of an ID token; and because every ID token is for the client, a token for the client also has
   * to show that it is none, by its header (RFC 9068) or by a claim. A token that is bound to a key
   * ({@code cnf}) is no bearer token: its bearer would have to prove more.
   */
  private boolean isAccessToken(SignedJWT signed, TokenClaims claims) {
    if (!ACCESS_TYPES.contains(typeOf(signed)) || claims.has("events") || claims.has("cnf")) {
      return false;
    }
    return claims
        .text("typ")
        .map("Bearer"::equalsIgnoreCase)
        .orElseGet(
            () ->
                OF_AN_ID_TOKEN.stream().noneMatch(claims::has)
                    && (!claims.names("aud", provider.clientId())
                        || !typeOf(signed).equals("jwt")
                        || OF_AN_ACCESS_TOKEN.stream().anyMatch(claims::has)
                        || isGivenToAnother(claims)));
  }

  /** Whether a claim names another client as the one that the token was given to. */
  private boolean isGivenToAnother(TokenClaims claims) {
    return claims.text("azp").filter(client -> !client.equals(provider.clientId())).isPresent();
  }

  private static String typeOf(SignedJWT signed) {
    return signed.getHeader().getType() == null
        ? "jwt"
        : signed.getHeader().getType().getType().toLowerCase(Locale.ROOT);
  }
}
