package dev.tidemark.access.revocation;

import dev.tidemark.access.Caller;
import dev.tidemark.access.caller.CurrentCaller;
import dev.tidemark.access.record.Refusal;
import dev.tidemark.access.revocation.RevocationTarget.Kind;
import dev.tidemark.config.AccessSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * Performs the actions of administrators, each with its record: an action that cannot be recorded
 * is not done. Rights are checked by the REST resources.
 */
@ApplicationScoped
public class AdminActions {
  /** The SQLSTATE object_not_in_prerequisite_state. */
  private static final String HELD = "55000";

  @Inject CurrentCaller current;
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * Records an action that the caller of this request is about to take.
   *
   * @throws AdminActionFailedException if it is not known to be recorded, and so must not be done
   */
  public void record(String operation, String target, Optional<String> why) {
    AdminAction action = new AdminAction(Refusal.Requester.of(current), operation, target, why);
    try (Connection connection = dataSource.getConnection()) {
      AdminActionSql.insert(connection, settings.nodeName(), action);
    } catch (SQLException e) {
      throw new AdminActionFailedException(e);
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
    try (Connection connection = dataSource.getConnection()) {
      return FloorSql.raise(connection, settings.nodeName(), caller.tenant(), action);
    } catch (SQLException e) {
      if (HELD.equals(e.getSQLState())) {
        throw new SessionHeldException(e);
      }
      throw new AdminActionFailedException(e);
    }
  }

  /**
   * @return empty if the identity provider's request was accepted before
   */
  Optional<Revocation> write(RevocationCommand revocation) {
    try (Connection connection = dataSource.getConnection()) {
      return RevocationSql.insert(
          connection, settings.nodeName(), revocation, settings.get(AccessSettings.REVOCATION));
    } catch (SQLException e) {
      throw new AdminActionFailedException(e);
    }
  }
}
