package dev.tidemark.session;

import java.util.Optional;
import java.util.UUID;

/**
 * The client of a connection, as it is recorded.
 *
 * @param connectionId id of the connection, new for each
 * @param userAgent name that the client gives itself
 */
public record Client(
    UUID connectionId,
    String principal,
    String tenant,
    String remoteAddress,
    Optional<String> userAgent) {
  /** Names the client as the views of the audit do, for messages to the operator. */
  @Override
  public String toString() {
    return "connection %s of '%s' (tenant '%s')".formatted(connectionId, principal, tenant);
  }
}
