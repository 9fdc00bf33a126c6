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
import org.hibernate.query.NativeQuery;

/**
 * The steps of a purge, each one transaction. They are functions of the schema's owner: this
 * application's role may not move a floor or a day by itself, create a table or delete an event.
 */
@Stateless
public class PurgeSteps {
  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  /**
   * How many sessions' floors rose, and over how many events.
   *
   * @param doneTo the session key up to which all sessions are done; nothing when all are
   */
  record Raised(long sessions, long events, Optional<Long> doneTo) {}

  /**
   * A day that left the log for its history.
   *
   * @param busy the log was in use, and the day is still in it
   */
  record Retired(String partition, long events, boolean busy) {}

  /**
   * Raises the floors of at most {@code tidemark.retention.purge-sessions} sessions whose keys are
   * above one; of none if another node is at it.
   */
  public Raised raiseFloors(long aboveKey) {
    return first(
            entities
                .unwrap(Session.class)
                .createNativeQuery(
                    """
                select sessions, events, done_to from tidemark.raise_floors(
                  :node, make_interval(secs => :seconds), cast(:events as bigint), cast(:sessions as integer),
                  cast(:key as bigint))""",
                    Tuple.class)
                .setParameter("node", settings.nodeName())
                .setParameter("seconds", settings.number(Setting.RETENTION_AGE) / 1_000.0)
                .setParameter("events", settings.number(Setting.RETENTION_EVENTS))
                .setParameter("sessions", settings.count(Setting.PURGE_SESSIONS))
                .setParameter("key", aboveKey))
        .map(
            row ->
                new Raised(
                    number(row, 0), number(row, 1), Optional.ofNullable(row.get(2, Long.class))))
        .orElse(new Raised(0, 0, Optional.empty()));
  }

  /**
   * Moves the oldest day that no floor needs to the history; nothing if there is none or another
   * node is at it.
   */
  public Optional<Retired> retireDay() {
    return first(
            entities
                .unwrap(Session.class)
                .createNativeQuery(
                    "select partition, rows_removed, busy from tidemark.retire_day(:node)",
                    Tuple.class)
                .setParameter("node", settings.nodeName()))
        .map(
            row ->
                new Retired(row.get(0, String.class), number(row, 1), row.get(2, Boolean.class)));
  }

  /** Creates the partitions of today and the days ahead that are missing; says how many. */
  public int ensurePartitions() {
    return entities
        .unwrap(Session.class)
        .createNativeQuery("select tidemark.ensure_partitions(:days)", Integer.class)
        .setParameter("days", settings.count(Setting.PARTITION_DAYS))
        .getSingleResult();
  }

  private static Optional<Tuple> first(NativeQuery<Tuple> query) {
    return query.getResultStream().findFirst();
  }

  private static long number(Tuple row, int column) {
    return row.get(column, Number.class).longValue();
  }
}
