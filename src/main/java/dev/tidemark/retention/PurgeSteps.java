package dev.tidemark.retention;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Setting;
import dev.tidemark.config.Settings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Tuple;
import java.time.Duration;
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
   * A day that went a step further: to the history, out of it, or away.
   *
   * @param busy a table was in use, and the day is still where it was
   */
  record Day(String partition, long events, boolean busy) {}

  /** Records by which settings this node purges, if they changed: a dry run goes by them. */
  public void noteSettings() {
    entities
        .unwrap(Session.class)
        .createNativeQuery(
            """
            select 1 from tidemark.note_retention_settings(
              :node, make_interval(secs => :seconds), :events, make_interval(secs => :history), :end)""",
            Integer.class)
        .setParameter("node", settings.nodeName())
        .setParameter("seconds", seconds(RetentionSettings.REPLAY_AGE))
        .setParameter("events", settings.get(RetentionSettings.REPLAY_EVENTS))
        .setParameter("history", seconds(RetentionSettings.HISTORY_AGE))
        .setParameter("end", settings.get(RetentionSettings.HISTORY_END).toString())
        .getSingleResult();
  }

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
                .setParameter("seconds", seconds(RetentionSettings.REPLAY_AGE))
                .setParameter("events", settings.get(RetentionSettings.REPLAY_EVENTS))
                .setParameter("sessions", settings.get(RetentionSettings.PURGE_SESSIONS))
                .setParameter("key", aboveKey))
        .map(
            row ->
                new Raised(
                    number(row, 0), number(row, 1), Optional.ofNullable(row.get(2, Long.class))))
        .orElse(new Raised(0, 0, Optional.empty()));
  }

  /**
   * Moves the oldest day that no floor needs and no hold keeps to the history; nothing if there is
   * none or another node is at it.
   */
  public Optional<Day> retireDay() {
    return day(days("retire_day(:node)"));
  }

  /**
   * Takes the oldest day out of the history that is past the longest one that a policy or the
   * settings give and that no hold keeps; its table stays and waits. Nothing if there is none or
   * another node is at it.
   */
  public Optional<Day> leaveHistory() {
    return day(
        days("leave_history(:node, make_interval(secs => :history))")
            .setParameter("history", seconds(RetentionSettings.HISTORY_AGE)));
  }

  /** Drops the oldest day that waits, for good; nothing if there is none or it is kept. */
  public Optional<Day> dropDay() {
    return day(
        days("drop_day(:node, make_interval(secs => :history))")
            .setParameter("history", seconds(RetentionSettings.HISTORY_AGE)));
  }

  /** Creates the partitions of today and the days ahead that are missing; says how many. */
  public int ensurePartitions() {
    return entities
        .unwrap(Session.class)
        .createNativeQuery("select tidemark.ensure_partitions(:days)", Integer.class)
        .setParameter("days", settings.get(RetentionSettings.PARTITION_DAYS))
        .getSingleResult();
  }

  private NativeQuery<Tuple> days(String step) {
    return entities
        .unwrap(Session.class)
        .createNativeQuery(
            "select partition, rows_removed, busy from tidemark." + step, Tuple.class)
        .setParameter("node", settings.nodeName());
  }

  private static Optional<Day> day(NativeQuery<Tuple> step) {
    return first(step)
        .map(row -> new Day(row.get(0, String.class), number(row, 1), row.get(2, Boolean.class)));
  }

  private double seconds(Setting<Duration> setting) {
    return settings.get(setting).toMillis() / 1_000.0;
  }

  private static Optional<Tuple> first(NativeQuery<Tuple> query) {
    return query.getResultStream().findFirst();
  }

  private static long number(Tuple row, int column) {
    return row.get(column, Number.class).longValue();
  }
}
