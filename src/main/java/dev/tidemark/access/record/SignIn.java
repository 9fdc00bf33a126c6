package dev.tidemark.access.record;

import dev.tidemark.access.Caller;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A successful authentication, for the record; holds no credential. Sign-ins that are equal differ
 * in nothing but time.
 *
 * @param operation {@code handshake}, {@code request}, or {@code auth} for a fresh token on an open
 *     socket
 * @param subject the identity provider's permanent id of the caller
 * @param providerSession the login at the identity provider
 */
public record SignIn(
    Way how,
    String operation,
    String principal,
    String tenant,
    String remoteAddress,
    Optional<String> userAgent,
    Optional<String> subject,
    Optional<String> providerSession)
    implements Tallied<SignIn> {
  public SignIn {
    principal = Recorded.text(principal);
    tenant = Recorded.text(tenant);
    remoteAddress = Recorded.text(remoteAddress);
    userAgent = Recorded.text(userAgent);
    subject = Recorded.text(subject);
    providerSession = Recorded.text(providerSession);
  }

  /** In place of the address of those that are only counted by their principal. */
  static final String SEVERAL = "several";

  /** The credentials by which a caller was let in. */
  public enum Way {
    /** The first request of a browser that has logged in here with a name and a password. */
    FORM,
    /** The first request of a browser that has logged in at the identity provider. */
    OIDC,
    /** A later request of such a login. */
    COOKIE,
    BASIC,
    BEARER,
    TICKET;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static SignIn of(Caller caller, Way how, String operation) {
    return new SignIn(
        how,
        operation,
        caller.name(),
        caller.tenant(),
        caller.remoteAddress(),
        caller.userAgent(),
        caller.authentication().subject(),
        caller.authentication().providerSession());
  }

  @Override
  public Object key() {
    return this;
  }

  @Override
  public Object owner() {
    return List.of(principal, tenant);
  }

  /** The permanent id stays: a principal has one. */
  @Override
  public SignIn ofOwner() {
    return new SignIn(
        how, operation, principal, tenant, SEVERAL, Optional.empty(), subject, Optional.empty());
  }

  @Override
  public Optional<SignIn> ofAnybody() {
    return Optional.empty();
  }
}
