package dev.tidemark.access;

import dev.tidemark.access.Target.Kind;
import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What administrators do, each act with its record: what cannot be recorded is not done. Nothing
 * here asks whether the caller may.
 */
@ApplicationScoped
public class Administration {
  @Inject CurrentCaller current;
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * Records what the caller of this request is about to do.
   *
   * @throws AdminFailedException if it is not in the database, and so must not be done
   */
  public void record(String operation, String target, Optional<String> why) {
    AdminAct act = new AdminAct(current.asker(), operation, target, why);
    try (Connection connection = dataSource.getConnection()) {
      AdminStatement.insert(connection, settings.nodeName(), act);
    } catch (SQLException e) {
      throw new AdminFailedException(e);
    }
  }

  /**
   * Revokes somebody of the caller's tenant, on all nodes. Durable when it returns; the connections
   * end soon after.
   *
   * @throws AdminFailedException if it is not known to be in the database; it may be done again
   */
  public Revocation revoke(Caller caller, Kind kind, String name, Optional<String> why) {
    Target target = new Target(kind, Optional.of(caller.tenant()), name);
    AdminAct act = new AdminAct(current.asker(), "revoke", name, why);
    return write(new NewRevocation(target, act, Optional.empty())).orElseThrow();
  }

  /**
   * @return nothing if the identity provider's request was taken before
   */
  Optional<Revocation> write(NewRevocation revocation) {
    try (Connection connection = dataSource.getConnection()) {
      return RevocationStatements.insert(
          connection, settings.nodeName(), revocation, settings.duration(Setting.REVOCATION));
    } catch (SQLException e) {
      throw new AdminFailedException(e);
    }
  }
}
