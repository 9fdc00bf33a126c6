package dev.tidemark.log;

import dev.tidemark.ops.NotReady;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PersistenceUnit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.tool.schema.spi.SchemaManagementException;

/**
 * Checks that the database has the schema that this application was built for, that the application
 * has its rights there, and that the database keeps its commits. Plain JDBC: the container would
 * log the failure of a bean of its own with a stack trace, at every look.
 */
@ApplicationScoped
public class Storage {
  /**
   * The newest migration in {@code db/migrations}; a test holds the two together. A newer schema is
   * accepted if it declares itself compatible with this one: so nodes can be replaced one by one.
   */
  public static final int SCHEMA_VERSION = 22;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  @PersistenceUnit EntityManagerFactory entities;

  /**
   * What a look at the database found.
   *
   * @param schemaVersion the newest migration; empty if it could not be read or there is none
   * @param epoch the id of the epoch in force; empty if the database is not usable
   * @param problem the reason why the database cannot be used; empty if it can
   */
  public record Finding(
      Optional<Integer> schemaVersion, Optional<String> epoch, Optional<NotReady> problem) {}

  /**
   * Looks at the database.
   *
   * @param isWhole whether to also look at its settings and the application's rights
   * @param validateMapping whether to also compare each entity with its table, which is needed once
   */
  Finding look(boolean isWhole, boolean validateMapping) {
    Optional<Integer> version = Optional.empty();
    try (Connection connection = dataSource.getConnection()) {
      SchemaSql schema = new SchemaSql(connection);
      Optional<SchemaSql.Version> found = schema.version();
      version = found.map(SchemaSql.Version::number);
      Optional<NotReady> problem = StorageProblem.of(found, SCHEMA_VERSION);
      if (problem.isEmpty() && isWhole) {
        problem = schema.notDurable().map(StorageProblem::notDurable);
      }
      if (problem.isEmpty() && isWhole && schema.isReadOnly()) {
        problem = Optional.of(StorageProblem.readOnly());
      }
      if (problem.isEmpty() && isWhole) {
        problem = RightsSql.missing(connection).map(StorageProblem::missing);
      }
      if (problem.isEmpty() && validateMapping) {
        problem = mappingProblem();
      }
      return problem.isPresent()
          ? new Finding(version, Optional.empty(), problem)
          : new Finding(version, Optional.of(schema.epoch()), Optional.empty());
    } catch (SQLException e) {
      return new Finding(version, Optional.empty(), Optional.of(StorageProblem.of(e)));
    }
  }

  private Optional<NotReady> mappingProblem() throws SQLException {
    try {
      entities.unwrap(SessionFactory.class).getSchemaManager().validateMappedObjects();
      return Optional.empty();
    } catch (SchemaManagementException e) {
      return Optional.of(StorageProblem.otherTables(e.getMessage()));
    } catch (PersistenceException e) {
      throw new SQLException(e);
    }
  }
}
