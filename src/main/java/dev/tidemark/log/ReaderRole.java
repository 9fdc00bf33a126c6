package dev.tidemark.log;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.hibernate.Session;

/**
 * The second wall: what is read on somebody's behalf is read as {@code tidemark_reader}, for which
 * the database has only the rows of sessions that were opened in the same transaction, by functions
 * that look themselves who may. A statement that forgets its {@code where} reads nothing foreign.
 *
 * <p>This is the only way to that role. It travels with the statement that reads, in one round
 * trip, and ends with it: the driver sends them together, and without a transaction of the
 * container they are one of their own.
 */
public final class ReaderRole {
  /** From here on as the reader; what is open was said before. */
  public static final String ENTER = "select set_config('role', 'tidemark_reader', true);\n";

  /** From here on as the application again. */
  public static final String LEAVE = ";\nselect set_config('role', 'none', true)";

  /** The first parameter of a statement that was {@link #prepare}d. */
  static final int FIRST = 3;

  /**
   * The statements after it are planned once on each connection: the parameters choose the days
   * also where they are not known to the plan. PostgreSQL itself may find plans for the parameters
   * of the moment a little better, and then plans each time, which takes as long as reading a page
   * of a thousand.
   */
  private static final String OPEN =
      "select tidemark.open_session(?, ?), set_config('plan_cache_mode', 'force_generic_plan', true), "
          + "set_config('role', 'tidemark_reader', true)";

  private static final String ONE_MOMENT = "set transaction isolation level repeatable read;\n";

  private ReaderRole() {}

  /** Prepares a query of one session; its own parameters begin at {@value #FIRST}. */
  static PreparedStatement prepare(Connection connection, TenantSession tenantSession, String query)
      throws SQLException {
    String then = connection.getAutoCommit() ? "" : LEAVE; // where the role does not end with it
    PreparedStatement select = connection.prepareStatement(OPEN + ";\n" + query + then);
    select.setString(1, tenantSession.tenant());
    select.setLong(2, tenantSession.sessionKey());
    return select;
  }

  /** Runs what was prepared, and gives what the query in it found. */
  static ResultSet rows(PreparedStatement prepared) throws SQLException {
    prepared.execute();
    return next(prepared);
  }

  /** The rows of the next of several queries. */
  public static ResultSet next(PreparedStatement several) throws SQLException {
    several.getMoreResults();
    return several.getResultSet();
  }

  /**
   * All that the current transaction of the container reads from here on sees one moment of the
   * database, and this session only; until {@link #leave}. Must be its first statement.
   */
  public static void enterAtOneMoment(EntityManager entities, TenantSession tenantSession) {
    entities
        .unwrap(Session.class)
        .doWork(
            connection -> {
              try (PreparedStatement enter = connection.prepareStatement(ONE_MOMENT + OPEN)) {
                enter.setString(1, tenantSession.tenant());
                enter.setLong(2, tenantSession.sessionKey());
                enter.execute();
              }
            });
  }

  /** The rest of the transaction is the application's own. */
  public static void leave(EntityManager entities) {
    entities
        .unwrap(Session.class)
        .createNativeQuery("select set_config('role', 'none', true)", String.class)
        .getSingleResult();
  }
}
