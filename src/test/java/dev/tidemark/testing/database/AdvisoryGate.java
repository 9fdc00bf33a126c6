package dev.tidemark.testing.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Makes the database wait at a point that a test chooses: a trigger takes an advisory lock that the
 * test holds. This forces an interleaving instead of hoping for it. Closing opens the gate and
 * removes the trigger.
 */
public final class AdvisoryGate implements AutoCloseable {
  private final TestDatabase database;
  private final String name;
  private final String table;
  private final Connection holder;
  private final int key;

  private AdvisoryGate(TestDatabase database, String table, String timing, String condition)
      throws SQLException {
    this.database = database;
    this.table = table;
    this.name = "gate_" + Integer.toHexString(System.identityHashCode(this));
    key = System.identityHashCode(this);
    holder = database.connect();
    try (var statement = holder.createStatement()) {
      statement.execute("select pg_advisory_lock(" + key + ")");
    }
    database.execute(
        """
        create function public.%1$s() returns trigger language plpgsql security definer as $$
        begin
          perform pg_advisory_xact_lock_shared(%2$d);
          return new;
        end $$;
        create %3$s %1$s %4$s execute function public.%1$s();
        """
            .formatted(
                name,
                key,
                timing.contains("deferred") ? "constraint trigger" : "trigger",
                clause(timing, table, condition)));
  }

  private static String clause(String timing, String table, String condition) {
    String when = condition.isEmpty() ? "" : "when (" + condition + ") ";
    return timing.contains("deferred")
        ? "after insert or update on "
            + table
            + " deferrable initially deferred for each row "
            + when
        : timing + " on " + table + " for each row " + when;
  }

  /** Makes a transaction wait before it inserts such a row. */
  public static AdvisoryGate beforeInsert(TestDatabase database, String table, String condition)
      throws SQLException {
    return new AdvisoryGate(database, table, "before insert", condition);
  }

  /** Makes a transaction that has inserted or updated such a row wait in its commit. */
  public static AdvisoryGate atCommit(TestDatabase database, String table, String condition)
      throws SQLException {
    return new AdvisoryGate(database, table, "deferred", condition);
  }

  /** Waits until a transaction waits at the gate. */
  public void awaitArrival() {
    awaitArrivals(1);
  }

  /** Waits until {@code count} transactions or more wait at the gate. */
  public void awaitArrivals(int count) {
    Awaitility.await("somebody at the gate on " + table)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                database.value(
                        Long.class,
                        "select count(*) from pg_locks where locktype = 'advisory' and objid = ? and not granted",
                        key)
                    >= count);
  }

  /** Lets all transactions pass. */
  public void open() {
    try {
      holder.close(); // ends the session, and with it the lock
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    open();
    database.execute(
        // The table before its partitions, as statements lock them: the drop alone goes the other
        // way.
        "begin; lock table %2$s in access exclusive mode; drop trigger %1$s on %2$s; drop function public.%1$s(); commit"
            .formatted(name, table));
  }
}
