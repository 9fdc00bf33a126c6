package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The target of a revocation.
 *
 * @param tenant the tenant in which the name means somebody; nothing for what the identity provider
 *     names, whose subjects and sessions are of no tenant
 */
public record RevocationTarget(Kind kind, Optional<String> tenant, String name) {
  /** By what somebody is named. */
  public enum Kind {
    /** The name of a caller. */
    PRINCIPAL,
    /** The identity provider's permanent name for somebody. */
    SUBJECT,
    /** A login at the identity provider. */
    PROVIDER_SESSION;

    /** As the REST face and the record have it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All by which somebody may be meant. */
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
