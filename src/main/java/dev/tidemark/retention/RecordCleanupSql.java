package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

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
   */
  void prove() throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(NOTE_PRIVILEGES)) {
      call.execute();
    }
    try (PreparedStatement call = connection.prepareStatement(DIGEST_RECORDS)) {
      call.setInt(1, MAX_DAYS);
      repeat(call);
    }
  }

  /**
   * Removes records by their age: joins, reads, resyncs, leaves, refusals, past revocations and
   * administrators' actions.
   */
  void forgetOlderThan(int days) throws SQLException {
    forgetOlderThan(days, FORGET_RECORDS);
    forgetOlderThan(days, FORGET_ADMIN_RECORDS);
  }

  private void forgetOlderThan(int days, String function) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(function)) {
      call.setInt(1, days);
      call.setInt(2, maxRows);
      repeat(call);
    }
  }

  /** Removes tickets, logins and producers' ids that are no longer of use, whatever their age. */
  void forgetEnded() throws SQLException {
    for (String function : new String[] {FORGET_TICKETS, FORGET_LOGINS, FORGET_PUBLICATIONS}) {
      try (PreparedStatement call = connection.prepareStatement(function)) {
        call.setInt(1, maxRows);
        repeat(call);
      }
    }
  }

  /** Repeats a call until nothing is left to do, at most {@value #MAX_TRANSACTIONS} times. */
  private static void repeat(PreparedStatement call) throws SQLException {
    long rows = 1;
    for (int i = 0; i < MAX_TRANSACTIONS && rows > 0; i++) {
      try (ResultSet done = call.executeQuery()) {
        done.next();
        rows = done.getLong(1);
      }
    }
  }
}
