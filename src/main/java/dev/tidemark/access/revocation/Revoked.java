package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Announces, on every node, revocations that this or another node recorded. Owners of connections
 * and login sessions end those that they concern; new ones are already refused.
 *
 * @param issuedBefore the time, by target, before which issued credentials are refused
 */
public record Revoked(Map<RevocationTarget, Instant> issuedBefore) {
  public Revoked {
    issuedBefore = Map.copyOf(issuedBefore);
  }

  /**
   * Whether this caller's connection or login session has to end: it is a target, and it signed in
   * before that target's time or at an unknown time.
   */
  public boolean concerns(Caller caller) {
    Optional<Instant> authenticatedAt = caller.authentication().authenticatedAt();
    return RevocationTarget.of(caller).stream()
        .anyMatch(
            target -> {
              Instant before = issuedBefore.get(target);
              return before != null
                  && authenticatedAt.map(at -> target.isOf(at, before)).orElse(true);
            });
  }
}
