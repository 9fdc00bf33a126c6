package dev.tidemark.access.record;

import dev.tidemark.access.Caller;
import java.util.List;
import java.util.Optional;

/**
 * A read by REST that was granted, for the record. Reads that are equal differ in nothing but time.
 *
 * @param path the path below the root of the REST paths, with the names of its parameters
 * @param sessionId the session that the path names
 */
public record RestReading(
    String path,
    Optional<String> sessionId,
    String principal,
    String tenant,
    String remoteAddress,
    Optional<String> userAgent)
    implements Tallied<RestReading> {
  public RestReading {
    sessionId = Recorded.text(sessionId);
    principal = Recorded.text(principal);
    tenant = Recorded.text(tenant);
    remoteAddress = Recorded.text(remoteAddress);
    userAgent = Recorded.text(userAgent);
  }

  public static RestReading of(Caller caller, String path, Optional<String> sessionId) {
    return new RestReading(
        path,
        sessionId,
        caller.name(),
        caller.tenant(),
        caller.remoteAddress(),
        caller.userAgent());
  }

  @Override
  public Object key() {
    return this;
  }

  @Override
  public Object owner() {
    return List.of(principal, tenant);
  }

  @Override
  public RestReading ofOwner() {
    return new RestReading(
        path, Optional.empty(), principal, tenant, SignIn.SEVERAL, Optional.empty());
  }

  @Override
  public Optional<RestReading> ofAnybody() {
    return Optional.empty();
  }
}
