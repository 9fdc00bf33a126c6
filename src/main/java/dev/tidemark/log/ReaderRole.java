package dev.tidemark.log;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.hibernate.Session;

/**
 * The second wall: the database role {@code tidemark_reader}, for reads on behalf of callers. It
 * sees only rows of sessions that were opened in the same transaction, by functions that check the
 * caller's right themselves. A statement that forgets its {@code where} reads nothing foreign.
 *
 * <p>This is the only way to that role. The driver sends the role and the query together, in one
 * round trip, and the role ends with the query; without a transaction of the container, both are a
 * transaction of their own.
 */
public final class ReaderRole {
  /** Switches to the reader; the sessions were opened before. */
  public static final String ENTER = "select set_config('role', 'tidemark_reader', true);\n";

  /** Switches back to the application's role. */
  public static final String LEAVE = ";\nselect set_config('role', 'none', true)";

  /** The index of the first parameter of a query that was {@link #prepare}d. */
  static final int FIRST = 3;

  /**
   * Has the following statements planned once on each connection: the parameters choose the days
   * even where the plan does not know them. By itself PostgreSQL may find plans for the present
   * parameters a little better, and then plans each time, which takes as long as reading a page of
   * a thousand events.
   */
  private static final String OPEN =
      "select tidemark.open_session(?, ?), set_config('plan_cache_mode', 'force_generic_plan', true), "
          + "set_config('role', 'tidemark_reader', true)";

  private static final String ONE_MOMENT = "set transaction isolation level repeatable read;\n";

  private ReaderRole() {}

  /** Prepares a query of one session; its own parameters begin at {@value #FIRST}. */
  static PreparedStatement prepare(Connection connection, TenantSession tenantSession, String query)
      throws SQLException {
    String then = connection.getAutoCommit() ? "" : LEAVE; // auto-commit ends the role
    PreparedStatement select = connection.prepareStatement(OPEN + ";\n" + query + then);
    select.setString(1, tenantSession.tenant());
    select.setLong(2, tenantSession.sessionKey());
    return select;
  }

  /** Runs a prepared query and returns its rows. */
  static ResultSet rows(PreparedStatement prepared) throws SQLException {
    prepared.execute();
    return next(prepared);
  }

  /** Returns the rows of the next of several queries. */
  public static ResultSet next(PreparedStatement several) throws SQLException {
    several.getMoreResults();
    return several.getResultSet();
  }

  /**
   * Makes the current transaction of the container see one moment of the database and, until {@link
   * #leave}, this session only. Must be its first statement.
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

  /** Makes the rest of the transaction the application's own. */
  public static void leave(EntityManager entities) {
    entities
        .unwrap(Session.class)
        .createNativeQuery("select set_config('role', 'none', true)", String.class)
        .getSingleResult();
  }
}
