package dev.tidemark.retention;

import dev.tidemark.ops.Setting;
import dev.tidemark.ops.Settings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.util.Optional;
import org.hibernate.Session;

/**
 * The steps of a purge, each one transaction. They are functions of the schema's owner: this
 * application's role may not move a floor by itself, create a table or delete an event.
 */
@Stateless
public class PurgeSteps {
  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  /** How many sessions' floors rose, and over how many events. */
  record Raised(long sessions, long events) {}

  /**
   * Raises the floors of at most {@code tidemark.retention.purge-sessions} sessions; none if
   * another node is at it.
   */
  public Raised raiseFloors() {
    Optional<?> row =
        entities
            .unwrap(Session.class)
            .createNativeQuery(
                """
                select sessions, events from tidemark.raise_floors(
                  :node, make_interval(secs => :seconds), cast(:events as bigint), cast(:sessions as integer))""",
                Tuple.class)
            .setParameter("node", settings.nodeName())
            .setParameter("seconds", settings.number(Setting.RETENTION_AGE) / 1_000.0)
            .setParameter("events", settings.number(Setting.RETENTION_EVENTS))
            .setParameter("sessions", settings.count(Setting.PURGE_SESSIONS))
            .getResultStream()
            .findFirst();
    return row.map(Tuple.class::cast)
        .map(
            raised ->
                new Raised(
                    raised.get(0, Number.class).longValue(),
                    raised.get(1, Number.class).longValue()))
        .orElse(new Raised(0, 0));
  }

  /** Creates the partitions of today and the days ahead that are missing; says how many. */
  public int ensurePartitions() {
    return entities
        .unwrap(Session.class)
        .createNativeQuery("select tidemark.ensure_partitions(:days)", Integer.class)
        .setParameter("days", settings.count(Setting.PARTITION_DAYS))
        .getSingleResult();
  }
}
