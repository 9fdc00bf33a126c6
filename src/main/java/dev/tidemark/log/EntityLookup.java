package dev.tidemark.log;

import jakarta.persistence.EntityManager;
import java.util.Optional;
import org.hibernate.Session;

/**
 * Finds a row by its key without {@link EntityManager#find}: when the connection dies within a
 * transaction, Hibernate's {@code find} returns {@code null} as if there were no such row, and a
 * turn ends as failed instead of waiting for the database (R10).
 */
public final class EntityLookup {
  private EntityLookup() {}

  /** The row, or nothing if there is none; throws if the database does not answer. */
  public static <T> Optional<T> find(EntityManager entities, Class<T> type, Object key) {
    return entities.unwrap(Session.class).byId(type).loadOptional(key);
  }

  /**
   * The row of a key that was read from the database.
   *
   * @throws IllegalStateException if there is none
   */
  public static <T> T get(EntityManager entities, Class<T> type, Object key) {
    return find(entities, type, key)
        .orElseThrow(
            () -> new IllegalStateException("No " + type.getSimpleName() + " has the key " + key));
  }
}
