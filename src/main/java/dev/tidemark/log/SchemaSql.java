package dev.tidemark.log;

import jakarta.persistence.EntityManager;
import java.util.Optional;
import org.hibernate.Session;

/** Reads a database's schema version and the durability of its commits. */
final class SchemaSql {
  private static final String EXISTS = "select to_regclass('tidemark.schema_version')::text";
  private static final String VERSION =
      "select coalesce(max(version), 0) from tidemark.schema_version";
  private static final String COMPATIBLE_FROM =
      "select max(compatible_from) from tidemark.schema_version";

  private static final String NOT_DURABLE =
      """
      select string_agg(name || '=' || setting, ', ') from pg_catalog.pg_settings
      where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'""";

  private final Session session;

  SchemaSql(EntityManager entities) {
    session = entities.unwrap(Session.class);
  }

  /** Whether the database has the schema {@code tidemark}. */
  boolean exists() {
    return read(EXISTS, String.class) != null;
  }

  /** The newest migration that was applied, 0 before the first. */
  int version() {
    return read(VERSION, Integer.class);
  }

  /** The oldest version of the schema whose applications can use this one. */
  int compatibleFrom() {
    return read(COMPATIBLE_FROM, Integer.class);
  }

  /** The settings that let the database lose commits, if there are any. */
  Optional<String> notDurable() {
    return Optional.ofNullable(read(NOT_DURABLE, String.class));
  }

  private <T> T read(String query, Class<T> type) {
    return session.createNativeQuery(query, type).getSingleResult();
  }
}
