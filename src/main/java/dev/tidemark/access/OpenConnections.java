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
   * @param since the time of opening, by this node's clock
   * @param sessionId the joined session, if any
   */
  record OpenConnection(
      UUID connectionId, Caller caller, Instant since, Optional<String> sessionId) {}

  /**
   * The connections of a tenant, the oldest first.
   *
   * @param principal the principal whose connections are wanted; empty for all
   */
  List<OpenConnection> of(String tenant, Optional<String> principal);

  /** The number of all connections, of any tenant. */
  int count();
}
