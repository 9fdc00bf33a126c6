package dev.tidemark.access.ticket;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.access.login.BrowserLogin;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Issues and spends tickets, which let in a browser that cannot send a header with its handshake,
 * as a page of another origin. They are in the database, so any node accepts them. Spending a
 * ticket removes it, so it is spent once.
 */
@ApplicationScoped
public class Tickets {
  @Inject Settings settings;
  @Inject LoginLeases loginLeases;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * The caller and the page that a ticket was issued for.
   *
   * @param authentication that of the caller; one without a time, as Basic, gets the ticket's
   * @param origin the origin of the requesting page; empty for a program
   * @param login the browser's login that it was made with, on whichever node
   */
  public record Spent(
      String name,
      Set<Role> roles,
      String tenant,
      Authentication authentication,
      Optional<String> origin,
      Optional<UUID> login) {
    public boolean isOf(Caller caller) {
      return name.equals(caller.name()) && tenant.equals(caller.tenant());
    }
  }

  /** The database did not respond; the request may be repeated. */
  public static final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnavailableException(SQLException cause) {
      super(cause);
    }
  }

  /**
   * Issues a ticket for this caller and a page of this origin.
   *
   * @param login the browser's login that the request came with; the ticket ends with it, and so do
   *     the connections that it opens
   * @throws QuotaExceededException if the caller has the maximum of unspent tickets
   * @throws UnavailableException if the database does not answer
   */
  public String issue(Caller caller, Optional<String> origin, Optional<BrowserLogin> login) {
    Ticket ticket = Ticket.random();
    try (Connection connection = dataSource.getConnection()) {
      boolean issued =
          TicketSql.issue(
              connection,
              ticket,
              caller,
              origin,
              life(),
              settings.get(AccessSettings.TICKETS_PER_PRINCIPAL));
      if (issued) {
        if (login.isPresent()) { // before anybody has the ticket
          TicketSql.bind(
              connection,
              ticket,
              login.get(),
              settings.nodeName(),
              settings.get(AccessSettings.LOGIN_LEASE));
          loginLeases.keep(login.get());
        }
        return ticket.value();
      }
    } catch (SQLException e) {
      throw new UnavailableException(e);
    }
    // By then the oldest has expired, whenever it was issued.
    throw new QuotaExceededException(
        Quota.TICKETS, "Too many tickets are unspent. Spend them, or wait.", life().toSeconds());
  }

  /** The time within which a ticket has to be spent. */
  public Duration life() {
    return settings.get(AccessSettings.TICKET_LIFE);
  }

  /**
   * Spends a ticket, regardless of its bearer.
   *
   * @return the caller and page of the ticket; empty if it is unknown, spent, or late
   * @throws UnavailableException if the database does not answer; then it may have been spent
   */
  public Optional<Spent> spend(Ticket ticket) {
    if (!ticket.isWellFormed()) {
      return Optional.empty();
    }
    try (Connection connection = dataSource.getConnection()) {
      return TicketSql.spend(connection, ticket);
    } catch (SQLException e) {
      throw new UnavailableException(e);
    }
  }
}
