package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * Calls the functions of the schema's owner that digest and remove records, each call in a
 * transaction of its own that removes at most a given number of rows from a table.
 */
final class RecordCleanupSql {
  private static final String FORGET_RECORDS =
      "select tidemark.forget_records(make_interval(days => ?), ?)";
  private static final String FORGET_ADMIN_RECORDS =
      "select tidemark.forget_admin_records(make_interval(days => ?), ?)";
  private static final String FORGET_TICKETS = "select tidemark.forget_tickets(?)";
  private static final String FORGET_LOGINS = "select tidemark.forget_logins(?)";
  private static final String FORGET_PUBLICATIONS = "select tidemark.forget_publications(?)";

  private static final String DIGEST_RECORDS = "select tidemark.digest_records(?)";
  private static final String NOTE_PRIVILEGES = "select tidemark.note_privileges()";

  private static final int MAX_DAYS = 5;
  private static final int MAX_TRANSACTIONS = 20;

  private final Connection connection;
  private final int maxRows;

  /**
   * @param connection connection that commits after each statement
   * @param maxRows greatest number of rows that one transaction removes from a table
   */
  RecordCleanupSql(Connection connection, int maxRows) {
    this.connection = connection;
    this.maxRows = maxRows;
  }

  /**
   * Notes what proves the records whole: changes of who may do what, and digests of the days that
   * are over.
   *
   * @return false, as all of these, if another node or somebody else has the lock
   */
  boolean prove() throws SQLException {
    boolean noted;
    try (PreparedStatement call = connection.prepareStatement(NOTE_PRIVILEGES);
        ResultSet done = call.executeQuery()) {
      done.next();
      noted = done.getObject(1) != null;
    }
    try (PreparedStatement call = connection.prepareStatement(DIGEST_RECORDS)) {
      call.setInt(1, MAX_DAYS);
      return isRepeated(call) && noted;
    }
  }

  /** Removes joins, reads, resyncs, leaves, refusals and sign-ins by their age. */
  boolean forgetRecords(int days) throws SQLException {
    return forgetOlderThan(days, FORGET_RECORDS);
  }

  /** Removes past revocations and administrators' actions by their age. */
  boolean forgetAdminRecords(int days) throws SQLException {
    return forgetOlderThan(days, FORGET_ADMIN_RECORDS);
  }

  private boolean forgetOlderThan(int days, String function) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(function)) {
      call.setInt(1, days);
      call.setInt(2, maxRows);
      return isRepeated(call);
    }
  }

  /** Removes tickets that have expired. */
  boolean forgetTickets() throws SQLException {
    return forget(FORGET_TICKETS);
  }

  /** Removes logins of browsers that have ended or were not renewed. */
  boolean forgetLogins() throws SQLException {
    return forget(FORGET_LOGINS);
  }

  /** Removes producers' ids of events that have left the replay window. */
  boolean forgetPublications() throws SQLException {
    return forget(FORGET_PUBLICATIONS);
  }

  private boolean forget(String function) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(function)) {
      call.setInt(1, maxRows);
      return isRepeated(call);
    }
  }

  /** Who holds the locks of these functions. */
  Set<String> lockHolders() throws SQLException {
    return LockSql.holders(connection, 4L, 11L, 15L, 16L);
  }

  /** Repeats a call until nothing is left to do, at most {@value #MAX_TRANSACTIONS} times. */
  private static boolean isRepeated(PreparedStatement call) throws SQLException {
    long rows = 1;
    for (int i = 0; i < MAX_TRANSACTIONS && rows > 0; i++) {
      try (ResultSet done = call.executeQuery()) {
        done.next();
        rows = done.getLong(1);
        if (done.wasNull()) {
          return false;
        }
      }
    }
    return true;
  }
}
