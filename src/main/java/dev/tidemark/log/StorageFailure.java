package dev.tidemark.log;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import java.util.Set;

/** Tells transient failures of the database from mistakes that would only repeat themselves. */
public final class StorageFailure {
  /**
   * Classes of SQLSTATE: connection, login refused, no such database, rolled back, out of
   * resources, operator's intervention; 25006 is a standby, 55P03 a lock that somebody else holds
   * for longer than the statement may wait.
   */
  private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "28", "3D", "40", "53", "57");

  private static final Set<String> OTHER_TRANSIENT = Set.of("25006", "55P03");

  private static final String NOT_ALLOWED = "42501";

  private StorageFailure() {}

  /** Whether the database, or the way to it, has failed. */
  public static boolean isOfDatabase(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        return true;
      }
    }
    return isTransient(failure);
  }

  /** Whether the database denies this node a right, which is for its operator to mend. */
  public static boolean isOfMissingRight(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && NOT_ALLOWED.equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a retry may succeed. The outcome of this attempt is not known. */
  public static boolean isTransient(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LogBusyException
          || (cause instanceof LogFailedException failed && failed.isOfWriter())) {
        return true;
      }
      if (cause instanceof HeuristicMixedException || cause instanceof HeuristicRollbackException) {
        return true; // the container's report of a connection that died in the commit
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        return TRANSIENT_CLASSES.contains(state.substring(0, 2)) || OTHER_TRANSIENT.contains(state);
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
