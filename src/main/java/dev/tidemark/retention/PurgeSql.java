package dev.tidemark.retention;

import dev.tidemark.retention.PurgeSteps.Raised;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;

/** Calls the short purge functions of the schema's owner, in the caller's transaction. */
final class PurgeSql {
  private static final String NOTE_SETTINGS =
      """
      select 1 from tidemark.note_retention_settings(
        :node, make_interval(secs => :seconds), :events, make_interval(secs => :history), :end)\
      """;

  private static final String RAISE_FLOORS =
      """
      select sessions, events, done_to from tidemark.raise_floors(
        :node, make_interval(secs => :seconds), cast(:events as bigint), cast(:sessions as integer),
        cast(:key as bigint))\
      """;

  private static final String ENSURE_PARTITIONS = "select tidemark.ensure_partitions(:days)";

  private final Session session;
  private final String nodeName;

  /**
   * @param nodeName name of the node, for the record of each step
   */
  PurgeSql(EntityManager entities, String nodeName) {
    session = entities.unwrap(Session.class);
    this.nodeName = nodeName;
  }

  void noteSettings(Duration replayAge, long replayEvents, Duration historyAge, String historyEnd) {
    var unused =
        session
            .createNativeQuery(NOTE_SETTINGS, Integer.class)
            .setParameter("node", nodeName)
            .setParameter("seconds", seconds(replayAge))
            .setParameter("events", replayEvents)
            .setParameter("history", seconds(historyAge))
            .setParameter("end", historyEnd)
            .getSingleResult();
  }

  Raised raiseFloors(Duration replayAge, long replayEvents, int sessions, long aboveKey) {
    return first(
            session
                .createNativeQuery(RAISE_FLOORS, Tuple.class)
                .setParameter("node", nodeName)
                .setParameter("seconds", seconds(replayAge))
                .setParameter("events", replayEvents)
                .setParameter("sessions", sessions)
                .setParameter("key", aboveKey))
        .map(
            row ->
                new Raised(
                    number(row, 0),
                    number(row, 1),
                    Optional.ofNullable(row.get(2, Long.class)),
                    true))
        .orElse(new Raised(0, 0, Optional.empty(), false));
  }

  /**
   * @return number of partitions that were missing
   */
  int ensurePartitions(int daysAhead) {
    return session
        .createNativeQuery(ENSURE_PARTITIONS, Integer.class)
        .setParameter("days", daysAhead)
        .getSingleResult();
  }

  private static double seconds(Duration age) {
    return age.toMillis() / 1_000.0;
  }

  private static Optional<Tuple> first(NativeQuery<Tuple> query) {
    return query.getResultStream().findFirst();
  }

  private static long number(Tuple row, int column) {
    return row.get(column, Number.class).longValue();
  }
}
