package dev.tidemark.tools.run;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code mvn -Prun}: runs the whole of Tidemark on this machine, in the foreground, until it is
 * told to stop.
 *
 * <p>It starts the database, then the server, and stops them in reverse order on SIGINT and
 * SIGTERM. With Ctrl-C the terminal signals WildFly too, which has the same effect as a stop by
 * this class; PostgreSQL has a session of its own and gets no signal.
 */
public final class Run {

  private static final String DATABASE = "tidemark";

  /** Held here: the levels would be lost if the loggers were garbage-collected. */
  private static final Logger[] TALKATIVE = {
    Logger.getLogger("org.flywaydb"),
    Logger.getLogger("io.zonky"),
    Logger.getLogger("org.postgresql")
  };

  private final RunOptions options;
  private final PrintStream terminal;
  private final Ownership serverDirectory;
  private DevelopmentDatabase database;
  private WildFlyServer server;
  private boolean stopping;

  private Run(RunOptions options, PrintStream terminal) {
    this.options = options;
    this.serverDirectory =
        new Ownership( // beside the directory, which is emptied
            Path.of(options.server() + ".lock"),
            "Another run is using "
                + options.server()
                + "; stop it, or choose another place with -Dserver.directory=<path>.");
    this.terminal = terminal;
  }

  /**
   * Runs until the process is told to stop. Ends with status 1 if something does not start.
   *
   * @param arguments none; see {@link RunOptions}
   */
  public static void main(String[] arguments) {
    for (Logger logger : TALKATIVE) {
      logger.setLevel(Level.SEVERE);
    }
    // Not System.out: Maven owns that, and closes it at the same signal that makes this class stop.
    PrintStream terminal =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try {
      Run run = new Run(RunOptions.from(System.getProperties()), terminal);
      Runtime.getRuntime().addShutdownHook(new Thread(run::stop, "stop"));
      run.start();
      run.server.process().waitFor();
      run.endedByItself();
    } catch (StartupException e) {
      terminal.println(e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start() {
    requireFree(options.httpPort(), "http.port");
    requireFree(options.managementPort(), "management.port");
    options.debugPort().ifPresent(port -> requireFree(port, "server.debug"));
    serverDirectory.take();
    DatabaseLogin login = options.external().orElseGet(this::startDatabase);
    if (options.external().isPresent()) {
      new ExternalDatabase(login).check();
    }
    startServer(login);
    server.awaitReady();
    greet(login);
  }

  private synchronized void greet(DatabaseLogin login) {
    requireNotStopping();
    terminal.printf(
        """

        Tidemark is ready:  %s
        Accounts:           alice, bob (users), publisher, auditor, admin, operator; the password is the name
        Health, metrics:    %s  %s
        Database:           %s
        Log:                %s
        Ctrl-C stops it.

        """,
        server.uri("/"),
        server.managementUri("/health"),
        server.managementUri("/metrics"),
        options.external().isPresent()
            ? login
            : login.url() + "  (data and passwords in " + options.data() + ")",
        server.logFile());
  }

  private synchronized DatabaseLogin startDatabase() {
    requireNotStopping();
    database = DevelopmentDatabase.in(options.data(), options.databasePort()).start();
    database.createDatabase(DATABASE);
    return database.app(DATABASE);
  }

  private synchronized void startServer(DatabaseLogin login) {
    requireNotStopping();
    WildFlyServerBuilder development =
        WildFlyServer.in(options.server())
            .httpPort(options.httpPort())
            .managementPort(options.managementPort())
            .nodeName("development")
            .database(login)
            .developmentAccounts()
            .systemProperty("tidemark.retention.owner-raises-floor", "true");
    options.settings().forEach(development::systemProperty);
    options
        .debugPort()
        .ifPresent(
            port ->
                development.javaOption(
                    "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:"
                        + port));
    server = development.build().start();
  }

  private synchronized void stop() {
    stopping = true;
    try {
      if (server != null) {
        terminal.println("Stopping WildFly ...");
        server.close();
      }
    } finally {
      if (database != null) {
        terminal.println("Stopping PostgreSQL ...");
        database.close();
      }
      terminal.flush();
    }
  }

  /** Ctrl-C reaches WildFly as well, which may end before this process gets the signal. */
  private void endedByItself() throws InterruptedException {
    int status = server.process().exitValue();
    boolean told = status == 130 || status == 143 || status == 0;
    if (!told) {
      throw new StartupException(
          "WildFly ended with status " + status + ". The end of its log:\n" + server.logTail());
    }
    System.exit(0);
  }

  private void requireNotStopping() {
    if (stopping) {
      throw new StartupException("Told to stop before everything had started.");
    }
  }

  private static void requireFree(int port, String property) {
    if (!Ports.isFree(port)) {
      throw new StartupException(
          "Port " + port + " is taken; choose another with -D" + property + "=<port>.");
    }
  }
}
