package dev.tidemark.retention;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.Optional;

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
    sql()
        .noteSettings(
            settings.get(RetentionSettings.REPLAY_AGE),
            settings.get(RetentionSettings.REPLAY_EVENTS),
            settings.get(RetentionSettings.HISTORY_AGE),
            settings.get(RetentionSettings.HISTORY_END).toString());
  }

  /**
   * Raises the floors of at most {@code tidemark.retention.purge-sessions} sessions whose keys are
   * above one; of none if another node is at it.
   */
  public Raised raiseFloors(long aboveKey) {
    return sql()
        .raiseFloors(
            settings.get(RetentionSettings.REPLAY_AGE),
            settings.get(RetentionSettings.REPLAY_EVENTS),
            settings.get(RetentionSettings.PURGE_SESSIONS),
            aboveKey);
  }

  /**
   * Moves the oldest day that no floor needs and no hold keeps to the history; nothing if there is
   * none or another node is at it.
   */
  public Optional<Day> retireDay() {
    return sql().retireDay();
  }

  /**
   * Takes the oldest day out of the history that is past the longest age that a policy or the
   * settings give and that no hold keeps; its table stays and waits. Nothing if there is none or
   * another node is at it.
   */
  public Optional<Day> leaveHistory() {
    return sql().leaveHistory(settings.get(RetentionSettings.HISTORY_AGE));
  }

  /** Drops the oldest day that waits, for good; nothing if there is none or it is kept. */
  public Optional<Day> dropDay() {
    return sql().dropDay(settings.get(RetentionSettings.HISTORY_AGE));
  }

  /** Creates the missing partitions of today and the days ahead, and returns how many. */
  public int ensurePartitions() {
    return sql().ensurePartitions(settings.get(RetentionSettings.PARTITION_DAYS));
  }

  private PurgeSql sql() {
    return new PurgeSql(entities, settings.nodeName());
  }
}
