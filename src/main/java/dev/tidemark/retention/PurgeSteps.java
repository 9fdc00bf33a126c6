package dev.tidemark.retention;

import dev.tidemark.config.RetentionSettings;
import dev.tidemark.config.Settings;
import jakarta.annotation.Resource;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The steps of a purge, each one transaction. They are functions of the schema's owner: the
 * application's own role may not move a floor or a day, create a table or delete an event.
 */
@Stateless
public class PurgeSteps {
  @PersistenceContext EntityManager entities;
  @Inject Settings settings;

  @Resource(lookup = "java:jboss/datasources/tidemark")
  DataSource dataSource;

  /**
   * The number of sessions whose floors rose, and of the events that they passed.
   *
   * @param doneTo session key up to which all sessions are done; empty when all are
   * @param hadLocks false if it was kept out by the locks of another purge or of a DBA
   */
  record Raised(long sessions, long events, Optional<Long> doneTo, boolean hadLocks) {}

  /**
   * A day that moved a step further: to the history, out of it, or away.
   *
   * @param busy whether a table was in use, so that the day did not move
   */
  record Day(String partition, long events, boolean busy) {}

  /** Records this node's purge settings, if they changed; a dry run uses them. */
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
   * above {@code aboveKey}; of none if another node is purging.
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
   * Moves the oldest day that no floor needs and no hold keeps to the history; empty if there is
   * none or another node is purging.
   */
  public Optional<Day> retireDay() {
    return day(DaySql::retireDay);
  }

  /**
   * Takes out of the history the oldest day that no hold keeps and that is past the longest age of
   * any policy or the settings; its table stays and waits. Empty if there is none or another node
   * is purging.
   */
  public Optional<Day> leaveHistory() {
    return day(days -> days.leaveHistory(settings.get(RetentionSettings.HISTORY_AGE)));
  }

  /** Drops for good the oldest waiting day that no hold or policy keeps; empty if there is none. */
  public Optional<Day> dropDay() {
    return day(days -> days.dropDay(settings.get(RetentionSettings.HISTORY_AGE)));
  }

  /** Creates the missing partitions of today and the days ahead, and returns how many. */
  public int ensurePartitions() {
    return sql().ensurePartitions(settings.get(RetentionSettings.PARTITION_DAYS));
  }

  /** Who holds the locks of the steps: another purge, or the command of a DBA. */
  public Set<String> lockHolders() {
    try (Connection connection = dataSource.getConnection()) {
      return LockSql.holders(connection, 2L, 4L);
    } catch (SQLException e) {
      throw new PersistenceException(e.getMessage(), e);
    }
  }

  private interface Step {
    Optional<Day> of(DaySql days) throws SQLException;
  }

  @SuppressWarnings("try") // what is allowed is only there
  private Optional<Day> day(Step step) {
    try (Connection connection = dataSource.getConnection();
        LongStatements allowed = LongStatements.on(connection)) {
      return step.of(new DaySql(connection, settings.nodeName()));
    } catch (SQLException e) {
      throw new PersistenceException(e.getMessage(), e); // rolls the step back
    }
  }

  private PurgeSql sql() {
    return new PurgeSql(entities, settings.nodeName());
  }
}
