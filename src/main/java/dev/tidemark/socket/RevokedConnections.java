package dev.tidemark.socket;

import dev.tidemark.access.OpenConnections;
import dev.tidemark.access.revocation.Revoked;
import dev.tidemark.wire.ErrorCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Ends the connections of revoked callers, and lists open connections. */
@ApplicationScoped
public class RevokedConnections implements OpenConnections {
  static final String REVOKED = "Your access was revoked. Log in anew.";

  @Inject Connections connections;

  void revoked(@Observes Revoked event) {
    for (Connection connection : connections.all()) {
      if (event.concerns(connection.caller())) {
        connection.errors().refuseConnection(ErrorCode.AUTH_REQUIRED, REVOKED);
      }
    }
  }

  @Override
  public int count() {
    return connections.count();
  }

  @Override
  public List<OpenConnection> of(String tenant, Optional<String> principal) {
    return connections.all().stream()
        .filter(connection -> !connection.hasEnded())
        .filter(connection -> connection.caller().tenant().equals(tenant))
        .filter(connection -> principal.map(connection.caller().name()::equals).orElse(true))
        .map(
            connection ->
                new OpenConnection(
                    connection.client().connectionId(),
                    connection.caller(),
                    connection.since(),
                    connection.joinedSessionId()))
        .sorted(Comparator.comparing(OpenConnection::since))
        .toList();
  }
}
