package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Announced on every node when somebody was revoked, here or elsewhere: owners of connections and
 * login sessions end those that it concerns. New ones are refused already.
 *
 * @param issuedBefore for each whom it is about, the time from which on credentials are welcome
 */
public record Revoked(Map<RevocationTarget, Instant> issuedBefore) {
  public Revoked {
    issuedBefore = Map.copyOf(issuedBefore);
  }

  /**
   * Whether this caller's connection or login session is to end: also one of which it is not known
   * when its credentials were issued.
   */
  public boolean concerns(Caller caller) {
    Optional<Instant> issuedAt = caller.authentication().issuedAt();
    return RevocationTarget.of(caller).stream()
        .map(issuedBefore::get)
        .anyMatch(before -> before != null && issuedAt.map(at -> at.isBefore(before)).orElse(true));
  }
}
