package dev.tidemark.access.record;

import dev.tidemark.access.Caller;
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
    Optional<String> userAgent) {
  public static RestReading of(Caller caller, String path, Optional<String> sessionId) {
    return new RestReading(
        path,
        sessionId,
        caller.name(),
        caller.tenant(),
        caller.remoteAddress(),
        caller.userAgent());
  }
}
