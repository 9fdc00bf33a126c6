package dev.tidemark.log;

import jakarta.ejb.EJBException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.util.Optional;
import org.hibernate.SessionFactory;
import org.hibernate.tool.schema.spi.SchemaManagementException;

/**
 * Checks that the database has the schema that this application was built for, and that it keeps
 * its commits.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Storage {
  /**
   * The newest migration in {@code db/migrations}; a test holds the two together. A newer schema is
   * accepted if it declares itself compatible with this one: so nodes can be replaced one by one.
   */
  public static final int SCHEMA_VERSION = 18;

  @PersistenceContext EntityManager entities;

  /**
   * The reason why the database cannot be used; empty if it can.
   *
   * @param validateMapping whether to also compare each entity with its table, which is needed once
   */
  public Optional<String> problem(boolean validateMapping) {
    try {
      return schemaProblem()
          .or(this::durabilityProblem)
          .or(() -> validateMapping ? mappingProblem() : Optional.empty());
    } catch (PersistenceException | EJBException e) {
      return Optional.of("The database does not answer: " + rootMessage(e));
    }
  }

  private Optional<String> schemaProblem() {
    SchemaSql schema = new SchemaSql(entities);
    if (!schema.exists()) {
      return Optional.of(
          "The database has no schema 'tidemark': apply db/ first (docs/operations.md).");
    }
    int version = schema.version();
    if (version < SCHEMA_VERSION) {
      return Optional.of(
          "The database's schema has version %d; this application was built for %d."
              .formatted(version, SCHEMA_VERSION));
    }
    int from = schema.compatibleFrom();
    return from <= SCHEMA_VERSION
        ? Optional.empty()
        : Optional.of(
            "The database's schema has version %d, for applications built for %d or newer; this one was built for %d."
                .formatted(version, from, SCHEMA_VERSION));
  }

  /** R2 and R10 need a database that waits for its disk. */
  private Optional<String> durabilityProblem() {
    return new SchemaSql(entities)
        .notDurable()
        .map(settings -> "The database may lose what it commits: " + settings + ".");
  }

  private Optional<String> mappingProblem() {
    try {
      EntityManagerFactory factory = entities.getEntityManagerFactory();
      factory.unwrap(SessionFactory.class).getSchemaManager().validateMappedObjects();
      return Optional.empty();
    } catch (SchemaManagementException e) {
      return Optional.of(
          "The database's tables are not those of the application: " + e.getMessage());
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
