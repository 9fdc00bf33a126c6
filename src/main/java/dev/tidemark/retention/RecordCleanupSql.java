package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The calls of the owner's functions that remove records, each in a transaction of its own that
 * removes at most a given number of rows.
 */
final class RecordCleanupSql {
  private static final String FORGET_RECORDS =
      "select tidemark.forget_records(make_interval(days => ?), ?)";
  private static final String FORGET_ADMIN_RECORDS =
      "select tidemark.forget_admin_records(make_interval(days => ?), ?)";
  private static final String FORGET_TICKETS = "select tidemark.forget_tickets(?)";
  private static final String FORGET_PUBLICATIONS = "select tidemark.forget_publications(?)";

  private static final int MAX_TRANSACTIONS = 20;

  private final Connection connection;
  private final int maxRows;

  /**
   * @param connection commits after each statement
   * @param maxRows that one transaction removes
   */
  RecordCleanupSql(Connection connection, int maxRows) {
    this.connection = connection;
    this.maxRows = maxRows;
  }

  /** Removes records of joins, reads, leaves, refusals and administrators' actions by their age. */
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

  /** Removes tickets and producers' ids that are of no use any more, whatever their age. */
  void forgetEnded() throws SQLException {
    for (String function : new String[] {FORGET_TICKETS, FORGET_PUBLICATIONS}) {
      try (PreparedStatement call = connection.prepareStatement(function)) {
        call.setInt(1, maxRows);
        repeat(call);
      }
    }
  }

  /** Repeats a call until nothing is left to remove, at most as often as is enough for one time. */
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
