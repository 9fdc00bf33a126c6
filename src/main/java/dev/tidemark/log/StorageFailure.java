package dev.tidemark.log;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import java.util.Set;

/**
 * Tells a database that is away, and may come back, from a mistake that would only repeat itself.
 */
public final class StorageFailure {
  /**
   * Classes of SQLSTATE: connection, rolled back, out of resources, operator's intervention; 25006
   * is a standby.
   */
  private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40", "53", "57");

  private StorageFailure() {}

  /** Whether doing the same again later may succeed. Whether it was done this time is not known. */
  public static boolean isTransient(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LogBusyException) {
        return true;
      }
      if (cause instanceof HeuristicMixedException || cause instanceof HeuristicRollbackException) {
        return true; // the connection died in the commit: that is how the container says so
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        return TRANSIENT_CLASSES.contains(state.substring(0, 2)) || state.equals("25006");
      }
      if (cause.getCause() == null) {
        return cause instanceof SQLException
            || cause instanceof RollbackException
            || cause instanceof java.io.IOException
            || cause instanceof jakarta.resource.ResourceException;
      }
    }
    return false;
  }
}
