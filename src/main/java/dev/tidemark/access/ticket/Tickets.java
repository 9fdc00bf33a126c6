package dev.tidemark.access.ticket;

import dev.tidemark.access.Authentication;
import dev.tidemark.access.Caller;
import dev.tidemark.access.Role;
import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.QuotaExceededException;
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
import javax.sql.DataSource;

/**
 * Tickets let a browser in that may send no header with its handshake, as a page of another origin.
 * They are in the database, so any node takes them. To spend a ticket takes it out, so it is spent
 * once.
 */
@ApplicationScoped
public class Tickets {
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * The caller and the page that a ticket was issued for.
   *
   * @param origin of the page that asked; nothing for a program
   */
  public record Spent(
      String name,
      Set<Role> roles,
      String tenant,
      Authentication authentication,
      Optional<String> origin) {
    public boolean isOf(Caller caller) {
      return name.equals(caller.name()) && tenant.equals(caller.tenant());
    }
  }

  /** The database did not say; the request may be made again. */
  public static final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnavailableException(SQLException cause) {
      super(cause);
    }
  }

  /**
   * A ticket for this caller and a page of this origin.
   *
   * @throws QuotaExceededException if the caller has as many as it may
   * @throws UnavailableException if the database does not answer
   */
  public String issue(Caller caller, Optional<String> origin) {
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
        return ticket.value();
      }
    } catch (SQLException e) {
      throw new UnavailableException(e);
    }
    // By then the oldest has ended, whenever it was made.
    throw new QuotaExceededException(
        Quota.TICKETS, "Too many tickets are unspent. Spend them, or wait.", life().toSeconds());
  }

  /** How long a ticket may be spent. */
  public Duration life() {
    return settings.get(AccessSettings.TICKET_LIFE);
  }

  /**
   * Spends a ticket, by whomever it is brought.
   *
   * @return nothing if it is unknown, was spent, or is late
   * @throws UnavailableException if the database does not answer: then it may have been spent
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
