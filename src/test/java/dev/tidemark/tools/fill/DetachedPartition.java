package dev.tidemark.tools.fill;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The partition of one day while it is filled: outside the log and without its indexes, which are
 * built faster once the rows are there.
 */
public final class DetachedPartition {
  private final Connection superuser;
  private final LocalDate day;

  /** Returns the name of a day's partition. */
  public static String nameOf(LocalDate day) {
    return "event_" + day.format(DateTimeFormatter.BASIC_ISO_DATE);
  }

  private DetachedPartition(Connection superuser, LocalDate day) {
    this.superuser = superuser;
    this.day = day;
  }

  /**
   * Makes a partition as the gateway does, but outside the log and without indexes; an existing one
   * must be empty. Each step is a transaction: one that holds the lock of a partition must not
   * request that of another.
   */
  public static DetachedPartition make(Connection superuser, LocalDate day) throws SQLException {
    DetachedPartition detached = new DetachedPartition(superuser, day);
    String name = nameOf(day);
    try (Statement statement = superuser.createStatement()) {
      if (!exists(statement, name)) {
        statement.execute("select tidemark.make_partition('" + day + "')");
      }
      statement.execute("alter table tidemark.event detach partition tidemark." + name);
      for (String drop : detached.drops(statement)) {
        statement.execute(drop);
      }
    }
    return detached;
  }

  /** Builds the indexes and puts the partition into the log, in the caller's transaction. */
  public void attach() throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(
          """
          alter table tidemark.%1$s add primary key (session_key, cursor, created_at);
          alter table tidemark.event attach partition tidemark.%1$s
            for values from ('%2$s 00:00:00+00') to ('%3$s 00:00:00+00')"""
              .formatted(nameOf(day), day, day.plusDays(1)));
    }
  }

  private List<String> drops(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    drops.add("alter table tidemark.%1$s drop constraint %1$s_pkey".formatted(nameOf(day)));
    try (ResultSet index =
        statement.executeQuery(
            "select indexrelid::regclass from pg_index where not indisprimary and indrelid = 'tidemark.%s'::regclass"
                .formatted(nameOf(day)))) {
      while (index.next()) {
        drops.add("drop index " + index.getString(1));
      }
    }
    return drops;
  }

  private static boolean exists(Statement statement, String partition) throws SQLException {
    try (ResultSet found =
        statement.executeQuery("select to_regclass('tidemark." + partition + "') is not null")) {
      found.next();
      return found.getBoolean(1);
    }
  }
}
