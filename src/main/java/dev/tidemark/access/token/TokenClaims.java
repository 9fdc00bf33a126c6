package dev.tidemark.access.token;

import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.config.IdentityProvider;
import dev.tidemark.wire.ErrorCode;
import dev.tidemark.wire.Name;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The claims of a token, as JSON. Exceptions name a missing or ill-typed claim. */
final class TokenClaims {
  /** In characters, as in OpenID Connect. */
  private static final int MAX_SUBJECT_LENGTH = 255;

  /** The end of the year 9999, UTC. */
  private static final long LATEST_SECONDS = 253_402_300_799L;

  private final Map<String, Object> claims;

  TokenClaims(Map<String, Object> claims) {
    this.claims = claims;
  }

  /**
   * Interprets the claims of an access token.
   *
   * @throws TokenException if the caller has no name, or no tenant where one is needed, or if one
   *     of them or the provider session is too long
   */
  VerifiedToken read(IdentityProvider provider) {
    return new VerifiedToken(
        subject(),
        name(provider.nameClaim()),
        roles(provider),
        provider.tenantClaim().map(this::tenant).orElse(Caller.DEFAULT_TENANT),
        instant("iat"),
        signedInAt(),
        instant("exp"),
        providerSession());
  }

  /** The time of the sign-in; one after the time of issue would be no earlier than that. */
  private Optional<Instant> signedInAt() {
    return claims.get("auth_time") instanceof Number seconds && seconds.longValue() > 0
        ? Optional.of(instant("auth_time")).filter(instant("iat")::isAfter)
        : Optional.empty();
  }

  private String subject() {
    return text("sub")
        .filter(Name::isPrintable)
        .filter(subject -> !Name.isLonger(subject, MAX_SUBJECT_LENGTH))
        .orElseThrow(() -> missing("sub"));
  }

  /** Names get into records and logs: none is empty, long, or has control characters. */
  private String name(String claim) {
    return shortText(claim).filter(Name::isPrintable).orElseThrow(() -> missing(claim));
  }

  private String tenant(String claim) {
    return shortText(claim)
        .filter(Name::isPrintable)
        .orElseThrow(
            () ->
                new TokenException(
                    ErrorCode.WRONG_CALLER, "The token names no tenant: claim " + claim + "."));
  }

  /** The login at the provider, if the token names it. */
  Optional<String> providerSession() {
    return shortText("sid");
  }

  private Optional<String> shortText(String claim) {
    Optional<String> text = text(claim);
    if (text.filter(Name::isTooLong).isPresent()) {
      throw new TokenException(ErrorCode.NAME_TOO_LONG, Name.tooLong("The token's claim " + claim));
    }
    return text;
  }

  private Set<Role> roles(IdentityProvider provider) {
    Set<String> given = texts(provider.rolesClaim()).collect(Collectors.toSet());
    return Arrays.stream(Role.values())
        .filter(role -> given.contains(provider.roleNames().get(role.text())))
        .collect(Collectors.toSet());
  }

  /** The claim as a text, if it is one. */
  Optional<String> text(String claim) {
    return find(claim).filter(String.class::isInstance).map(String.class::cast);
  }

  /** The texts of a claim that is a list, or one text separated by spaces. */
  private Stream<String> texts(String claim) {
    Object value = find(claim).orElse(List.of());
    return value instanceof String text
        ? Stream.of(text.split(" ", -1))
        : value instanceof Collection<?> list
            ? list.stream().filter(String.class::isInstance).map(String.class::cast)
            : Stream.of();
  }

  /** Whether a claim is this text, or a list that contains it. */
  boolean names(String claim, String text) {
    Object value = claims.get(claim);
    return text.equals(value) || (value instanceof Collection<?> list && list.contains(text));
  }

  /**
   * A time, as a JSON number of seconds since 1970, no later than in the year 9999: beyond that,
   * what is computed with it overflows somewhere.
   *
   * @throws TokenException if there is none
   */
  Instant instant(String claim) {
    if (claims.get(claim) instanceof Number number
        && number.doubleValue() >= 0
        && number.doubleValue() <= LATEST_SECONDS) {
      return Instant.ofEpochSecond(number.longValue());
    }
    throw missing(claim);
  }

  /** Whether a claim is an object with this field, which is an object too. */
  boolean hasField(String claim, String field) {
    return claims.get(claim) instanceof Map<?, ?> object && object.get(field) instanceof Map;
  }

  boolean has(String claim) {
    return claims.get(claim) != null;
  }

  /** A claim by its name, which may contain dots, or by a path with dots in between. */
  private Optional<Object> find(String path) {
    if (claims.containsKey(path)) {
      return Optional.ofNullable(claims.get(path));
    }
    Object at = claims;
    for (String step : path.split("\\.", -1)) {
      at = at instanceof Map<?, ?> object ? object.get(step) : null;
    }
    return Optional.ofNullable(at);
  }

  static TokenException missing(String claim) {
    return new TokenException(
        ErrorCode.MALFORMED_TOKEN, "The token has no usable claim " + claim + ".");
  }
}
