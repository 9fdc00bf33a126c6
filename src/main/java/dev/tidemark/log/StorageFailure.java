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
   * resources, operator's intervention.
   */
  private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "28", "3D", "40", "53", "57");

  /** A standby; a lock that was not to be had in time. */
  private static final Set<String> TRANSIENT = Set.of("25006", "55P03");

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
        return TRANSIENT_CLASSES.contains(state.substring(0, 2)) || TRANSIENT.contains(state);
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
