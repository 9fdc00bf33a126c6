package dev.tidemark.log;

import dev.tidemark.ops.Node;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Names sessions in messages to the operator: commands and views take tenant and name. Only the key
 * is at hand where turns and events are worked on, so the name is looked up when there is something
 * to say, which is rare.
 */
@ApplicationScoped
public class SessionNames {
  @Inject Node node;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /** The session's name and tenant; its key if there is no such session or the database is away. */
  public String of(long sessionKey) {
    if (node.isStorageAway()) {
      return SessionNameSql.ofUnknown(sessionKey);
    }
    try (Connection connection = dataSource.getConnection()) {
      return SessionNameSql.read(connection, sessionKey);
    } catch (SQLException e) {
      return SessionNameSql.ofUnknown(sessionKey);
    }
  }
}
