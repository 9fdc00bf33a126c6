package dev.tidemark.access.ticket;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.access.ticket.Tickets.Spent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Issues and spends tickets in the database, by its clock. */
final class TicketSql {
  private static final String ISSUE =
      "select tidemark.issue_ticket(?, make_interval(secs => ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String SPEND =
      """
      select principal, tenant, roles, origin, subject, coalesce(authenticated_at, issued_at) as authenticated_at,
             authentication_ends_at, provider_session, login_id
        from tidemark.spend_ticket(?)""";
  private static final String BIND =
      "select tidemark.bind_ticket(?, ?, ?, make_interval(secs => ?))";

  private TicketSql() {}

  /**
   * @return false if the caller has the maximum of unspent tickets
   */
  static boolean issue(
      Connection connection,
      Ticket ticket,
      Caller caller,
      Optional<String> origin,
      Duration life,
      int max)
      throws SQLException {
    Authentication known = caller.authentication();
    try (PreparedStatement issue = connection.prepareStatement(ISSUE)) {
      issue.setBytes(1, ticket.hash());
      issue.setDouble(2, life.toMillis() / 1_000.0);
      issue.setInt(3, max);
      issue.setString(4, caller.name());
      issue.setString(5, caller.tenant());
      issue.setArray(
          6, connection.createArrayOf("text", caller.roles().stream().map(Role::text).toArray()));
      issue.setString(7, origin.orElse(null));
      issue.setString(8, known.subject().orElse(null));
      issue.setObject(9, known.authenticatedAt().map(TicketSql::time).orElse(null));
      issue.setObject(10, known.expiresAt().map(TicketSql::time).orElse(null));
      issue.setString(11, known.providerSession().orElse(null));
      try (ResultSet done = issue.executeQuery()) {
        done.next();
        return done.getBoolean(1);
      }
    }
  }

  /**
   * Binds a ticket to the browser's login that it is made with: it is worth nothing once the login
   * has ended.
   *
   * @param life the time within which the login's node says that the login goes on
   */
  static void bind(
      Connection connection, Ticket ticket, BrowserLogin login, String node, Duration life)
      throws SQLException {
    try (PreparedStatement bind = connection.prepareStatement(BIND)) {
      bind.setBytes(1, ticket.hash());
      bind.setObject(2, login.id());
      bind.setString(3, node);
      bind.setDouble(4, life.toMillis() / 1_000.0);
      bind.execute();
    }
  }

  /** Removes the ticket from the database, so that it is spent once, and returns its content. */
  static Optional<Spent> spend(Connection connection, Ticket ticket) throws SQLException {
    try (PreparedStatement spend = connection.prepareStatement(SPEND)) {
      spend.setBytes(1, ticket.hash());
      try (ResultSet row = spend.executeQuery()) {
        return row.next() ? Optional.of(spent(row)) : Optional.empty();
      }
    }
  }

  private static Spent spent(ResultSet row) throws SQLException {
    return new Spent(
        row.getString("principal"),
        roles((String[]) row.getArray("roles").getArray()),
        row.getString("tenant"),
        new Authentication(
            Optional.ofNullable(row.getString("subject")),
            instant(row, "authenticated_at"),
            instant(row, "authentication_ends_at"),
            Optional.ofNullable(row.getString("provider_session"))),
        Optional.ofNullable(row.getString("origin")),
        Optional.ofNullable(row.getObject("login_id", UUID.class)));
  }

  private static Set<Role> roles(String[] names) {
    return Stream.of(names)
        .map(name -> Role.valueOf(name.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
