package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The target of a revocation.
 *
 * @param tenant the tenant of the name; empty for the identity provider's subjects and sessions,
 *     which have no tenant
 */
public record RevocationTarget(Kind kind, Optional<String> tenant, String name) {
  /** The kind of name that identifies the target. */
  public enum Kind {
    /** The name of a caller. */
    PRINCIPAL,
    /** The identity provider's permanent name for a caller. */
    SUBJECT,
    /** A login at the identity provider. */
    PROVIDER_SESSION;

    /** The name in REST and in the record. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Whether its revocation concerns credentials of one of its callers. A login at the provider that
   * has ended does not come back under its name: its later tokens are of the ended login too.
   *
   * @param authenticatedAt the time of the sign-in
   * @param issuedBefore the time before which the revocation refuses credentials
   */
  boolean isOf(Instant authenticatedAt, Instant issuedBefore) {
    return kind == Kind.PROVIDER_SESSION || authenticatedAt.isBefore(issuedBefore);
  }

  /** All targets that match the caller. */
  static List<RevocationTarget> of(Caller caller) {
    List<RevocationTarget> targets = new ArrayList<>();
    Optional<String> tenant = Optional.of(caller.tenant());
    targets.add(new RevocationTarget(Kind.PRINCIPAL, tenant, caller.name()));
    caller
        .authentication()
        .providerSession()
        .ifPresent(
            session -> {
              targets.add(new RevocationTarget(Kind.PROVIDER_SESSION, tenant, session));
              targets.add(new RevocationTarget(Kind.PROVIDER_SESSION, Optional.empty(), session));
            });
    caller
        .authentication()
        .subject()
        .ifPresent(
            subject -> targets.add(new RevocationTarget(Kind.SUBJECT, Optional.empty(), subject)));
    return targets;
  }
}
