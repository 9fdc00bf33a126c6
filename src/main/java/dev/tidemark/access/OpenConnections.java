package dev.tidemark.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The clients that are connected to this node. The socket's room implements it. */
public interface OpenConnections {
  /**
   * An open connection.
   *
   * @param since by this node's clock
   * @param sessionId the session that it has joined
   */
  record OpenConnection(
      UUID connectionId, Caller caller, Instant since, Optional<String> sessionId) {}

  /**
   * The connections of a tenant, the oldest first.
   *
   * @param principal only those of this one, if given
   */
  List<OpenConnection> of(String tenant, Optional<String> principal);
}
