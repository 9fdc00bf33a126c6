package dev.tidemark.log;

import dev.tidemark.ops.NotReady;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The reasons why a database cannot be used, each with its remedy. The first sentence is for
 * callers; addresses, roles, versions and the remedy are for operators only.
 */
final class StorageProblem {
  private static final String NOT_ALLOWED = "42501";
  private static final String NO_DATABASE = "3D000";
  private static final String NO_CONNECTION_LEFT = "53300";
  private static final String STANDBY = "25006";
  private static final String STARTING = "57P03";
  private static final String LOGIN_REFUSED = "28"; // a class of SQLSTATE

  private StorageProblem() {}

  /** The reason that a failed look at the database gives. */
  static NotReady of(SQLException failure) {
    SQLException told = deepest(failure);
    String state = told.getSQLState() == null ? "" : told.getSQLState();
    String says = said(told);
    if (state.startsWith(LOGIN_REFUSED)) {
      return problem(
          "The database refuses the login of this node",
          says,
          "Set TIDEMARK_DB_USER and TIDEMARK_DB_PASSWORD and restart the server, which reads them at"
              + " boot.");
    }
    return switch (state) {
      case NOT_ALLOWED ->
          problem(
              "The database denies this node a right",
              says,
              "Grant it to the role in TIDEMARK_DB_USER.");
      case NO_DATABASE ->
          problem(
              "The database does not exist",
              says,
              "Create it and run db/install.sh, or mend TIDEMARK_DB_URL and restart the server.");
      case NO_CONNECTION_LEFT ->
          problem("The database has no connection left", says, "Raise its max_connections.");
      case STANDBY ->
          problem("The database is a standby", says, "TIDEMARK_DB_URL has to lead to the primary.");
      case STARTING ->
          problem("The database does not answer", says, "Wait; the node looks every second.");
      default ->
          problem(
              "The database does not answer",
              says,
              "Start it, or mend TIDEMARK_DB_URL and restart the server.");
    };
  }

  /** The reason why a schema does not fit an application that needs the given version. */
  static Optional<NotReady> of(Optional<SchemaSql.Version> schema, int needed) {
    if (schema.isEmpty()) {
      return Optional.of(
          new NotReady(
              "The database has no schema for this application.",
              "The database has no schema 'tidemark': run db/install.sh."));
    }
    int version = schema.get().number();
    int from = schema.get().compatibleFrom();
    if (version < needed) {
      return Optional.of(
          new NotReady(
              "The database's schema is older than this application needs.",
              ("The database's schema has version %d, and this application needs %d: "
                      + "run the db/install.sh that came with it.")
                  .formatted(version, needed)));
    }
    return from <= needed
        ? Optional.empty()
        : Optional.of(
            new NotReady(
                "The database's schema is newer than this application can use.",
                ("The database's schema has version %d, for applications built for %d or newer; "
                        + "this one was built for %d: deploy the newer one.")
                    .formatted(version, from, needed)));
  }

  /** The reason that settings of the database give, which let it lose commits (R2, R10). */
  static NotReady notDurable(String settings) {
    return problem("The database may lose what it commits", settings, "Turn that on.");
  }

  /** The reason that a database or role gives whose transactions are read only. */
  static NotReady readOnly() {
    return problem(
        "The database takes no changes", "default_transaction_read_only=on", "Turn that off.");
  }

  /** The reason that missing rights give. */
  static NotReady missing(String grants) {
    return problem("The database denies this node a right", "missing is '" + grants + "'", "");
  }

  /** The reason that tables give which are not those of the entities. */
  static NotReady otherTables(String difference) {
    return problem(
        "The database's tables are not those of the application",
        difference,
        "Run the db/install.sh that came with it.");
  }

  private static NotReady problem(String sentence, String details, String remedy) {
    String end = details.endsWith(".") || remedy.isEmpty() ? "" : ".";
    String reason = sentence + ": " + details + end + (remedy.isEmpty() ? "." : " " + remedy);
    return new NotReady(sentence + ".", reason);
  }

  /** The first line: the driver adds in which function of the database it happened. */
  private static String said(SQLException told) {
    return told.getMessage() == null
        ? told.getClass().getSimpleName()
        : told.getMessage().lines().findFirst().orElse("");
  }

  /** The failure that the driver reported: pools wrap it in their own words. */
  private static SQLException deepest(SQLException failure) {
    SQLException deepest = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql;
      }
      if (cause instanceof SQLException sql) {
        deepest = sql;
      }
    }
    return deepest;
  }
}
