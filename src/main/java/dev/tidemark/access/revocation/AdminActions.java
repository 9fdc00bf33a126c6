package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import dev.tidemark.ops.Metric;
import dev.tidemark.ops.Metrics;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Performs the actions of administrators, each with its record: an action that cannot be recorded
 * is not done. Rights are checked by the REST resources.
 */
@ApplicationScoped
public class AdminActions {
  /** The SQLSTATE object_not_in_prerequisite_state. */
  private static final String HELD = "55000";

  /** The SQLSTATE lock_not_available. */
  private static final String LOCKED = "55P03";

  private static final Logger LOG = Logger.getLogger(AdminActions.class);

  @Inject CurrentCaller current;
  @Inject Settings settings;
  @Inject Metrics metrics;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * Records an action that the caller of this request is about to take.
   *
   * @throws AdminActionFailedException if it is not known to be recorded, and so must not be done
   */
  public void record(String operation, String target, Optional<String> why) {
    AdminAction action = new AdminAction(Refusal.Requester.of(current), operation, target, why);
    try {
      var unused =
          durably(
              connection -> {
                AdminActionSql.insert(connection, settings.nodeName(), action);
                return action;
              });
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Revokes somebody of the caller's tenant on all nodes. The revocation is durable on return; the
   * connections end soon after.
   *
   * @throws AdminActionFailedException if the revocation is not known to be in the database; it may
   *     be repeated
   */
  public Revocation revoke(Caller caller, Kind kind, String name, Optional<String> why) {
    RevocationTarget target = new RevocationTarget(kind, Optional.of(caller.tenant()), name);
    AdminAction action = new AdminAction(Refusal.Requester.of(current), "revoke", name, why);
    return write(new RevocationCommand(target, action, Optional.empty())).orElseThrow();
  }

  /**
   * Raises the floor of a session of the caller's tenant above all its events: a client that asks
   * for one of them gets a snapshot. Durable on return.
   *
   * @return the floor, which never falls (R7); empty if there is no such session
   * @throws SessionHeldException if a legal hold keeps the floor
   * @throws AdminActionFailedException if it is not known to be done; it may be repeated
   */
  public OptionalLong raiseFloor(Caller caller, String sessionId, Optional<String> why) {
    AdminAction action =
        new AdminAction(Refusal.Requester.of(current), "raise_floor", sessionId, why);
    try {
      return durably(
          connection -> FloorSql.raise(connection, settings.nodeName(), caller.tenant(), action));
    } catch (SQLException e) {
      if (HELD.equals(e.getSQLState())) {
        throw new SessionHeldException(e);
      }
      throw failed(e);
    }
  }

  /**
   * @return empty if the identity provider's request was accepted before
   */
  Optional<Revocation> write(RevocationCommand revocation) {
    try {
      return durably(
          connection ->
              RevocationSql.insert(
                  connection,
                  settings.nodeName(),
                  revocation,
                  settings.get(AccessSettings.REVOCATION)));
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private interface Act<R> {
    R on(Connection connection) throws SQLException;
  }

  /** Commits an action with its record; whoever holds a lock that it needs delays it little. */
  private <R> R durably(Act<R> act) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        AdminActionSql.limitWaits(connection);
        R result = act.on(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private AdminActionFailedException failed(SQLException failure) {
    metrics.count(Metric.ADMIN_ACTIONS_FAILED, 1);
    LOG.warnf(
        "TIDE0722 An administrative action could not be recorded and was not done: %s%s",
        failure.getMessage(),
        LOCKED.equals(failure.getSQLState()) ? " (audit.locks names who holds the lock)" : "");
    return new AdminActionFailedException(failure);
  }
}
