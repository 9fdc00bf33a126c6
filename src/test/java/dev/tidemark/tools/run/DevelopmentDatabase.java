package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A PostgreSQL for development and tests: a real one, as durable as in production, in a directory
 * that survives restarts.
 *
 * <p>It listens on the loopback address only, at one port for as long as this object lives, and
 * every login needs a password ({@link DevelopmentPasswords}). One process at a time owns the
 * directory; a server that an earlier owner left running is stopped first.
 */
public final class DevelopmentDatabase implements AutoCloseable {

  private final Path directory;
  private final int port;
  private final PostgresPrograms programs;
  private final DevelopmentPasswords passwords;
  private final Ownership ownership;
  private final Cluster cluster;

  private DevelopmentDatabase(Path directory, int port, PostgresPrograms programs) {
    this.directory = directory.toAbsolutePath();
    this.port = port;
    this.ownership =
        new Ownership(
            this.directory.resolve("lock"),
            "Another process is using the data in "
                + directory
                + "; stop it, or choose another place with -Ddata.directory=<path>.");
    this.cluster = new Cluster(this.directory);
    createDirectory(this.directory);
    this.programs = programs;
    this.passwords = DevelopmentPasswords.in(this.directory);
  }

  /**
   * The database of a directory, at the given port; not started. The directory is made if it does
   * not exist.
   */
  public static DevelopmentDatabase in(Path directory, int port) {
    return in(directory, port, PostgresPrograms.unpacked());
  }

  public static DevelopmentDatabase in(Path directory, int port, PostgresPrograms programs) {
    return new DevelopmentDatabase(directory, port, programs);
  }

  /** Starts an empty server for one test, at a free port; removes data of earlier runs. */
  public static DevelopmentDatabase startFresh(String name) {
    return startFresh(name, PostgresPrograms.unpacked());
  }

  public static DevelopmentDatabase startFresh(String name, PostgresPrograms programs) {
    return in(emptied(name, programs), Ports.free(), programs).start();
  }

  /** Returns the directory of a test's own server, without data of earlier runs. */
  public static Path emptied(String name, PostgresPrograms programs) {
    Path directory = Directories.forTest(name);
    if (Files.isDirectory(directory)) {
      try (DevelopmentDatabase earlier = in(directory, Ports.free(), programs)) {
        earlier.ownership.take();
        earlier.stopLeftover();
      }
      Directories.delete(directory);
    }
    return directory;
  }

  /**
   * Starts the server and waits until it responds. After {@link #stopImmediately()} this includes
   * recovery.
   *
   * @throws StartupException where the directory is in use, the port is taken, or the server does
   *     not start
   */
  public DevelopmentDatabase start() {
    ownership.take();
    stopLeftover();
    if (!Ports.isFree(port)) {
      throw new StartupException(
          "Port " + port + " is taken; choose another with -Ddb.port=<port>.");
    }
    cluster.prepare(programs, passwords, port);
    programs.run(
        "pg_ctl",
        "-D",
        cluster.path().toString(),
        "-l",
        logFile().toString(),
        "-w",
        "-t",
        "60",
        "start");
    return this;
  }

  /**
   * Stops the server as an administrator does: running statements are cancelled, everything is
   * written.
   */
  public void stop() {
    stop("fast");
  }

  /**
   * Stops the server as a power cut does: uncommitted work is gone, and the next start recovers.
   */
  public void stopImmediately() {
    stop("immediate");
  }

  /** Makes the running server fall silent, as a host that stands still does; no connection ends. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets a frozen server go on. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      long postmaster =
          Long.parseLong(Files.readAllLines(cluster.path().resolve("postmaster.pid")).get(0));
      List<String> kill = new ArrayList<>(List.of("kill", "-" + name, "" + postmaster));
      ProcessHandle.of(postmaster).orElseThrow().descendants().forEach(p -> kill.add("" + p.pid()));
      new ProcessBuilder(kill).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Keeps a copy of the files of the stopped server, as a backup does. */
  public void backUp() {
    requireStopped();
    Directories.delete(backup());
    Directories.copy(cluster.path(), backup());
  }

  /**
   * Puts the copy in the place of the files of the stopped server and starts it as a standby, which
   * reads but takes no writes.
   */
  public void startStandbyFromBackup() {
    requireStopped();
    Directories.delete(cluster.path());
    Directories.copy(backup(), cluster.path());
    becomeStandby();
    start();
  }

  /** Makes the stopped server start as a standby, which reads but takes no writes. */
  public void becomeStandby() {
    requireStopped();
    cluster.signal("standby.signal");
  }

  /** Makes the stopped server start with an archive's history on top of its own, up to a target. */
  public void recover(Map<String, String> settings) {
    requireStopped();
    cluster.set(settings);
    cluster.signal("recovery.signal");
  }

  /** Makes the standby a primary: its history forks from that of the server it was a copy of. */
  public void promote() {
    programs.run("pg_ctl", "-D", cluster.path().toString(), "-w", "-t", "60", "promote");
  }

  private Path backup() {
    return directory.resolve("backup");
  }

  private void requireStopped() {
    if (isRunning()) {
      throw new IllegalStateException("Stop the server first: its files change under the copy.");
    }
  }

  /** Stops the server if it runs, and lets go of the directory. */
  @Override
  public void close() {
    stop();
    ownership.close();
  }

  /** Creates the database if it does not exist, and updates it from the folder {@code db/}. */
  public void createDatabase(String name) {
    createDatabase(name, new DatabaseSchema(Path.of("db"))::apply);
  }

  /**
   * Creates the database if it does not exist, and has its schema applied.
   *
   * @param schema function that applies the schema as the superuser
   */
  public void createDatabase(String name, Consumer<DatabaseLogin> schema) {
    new DatabaseCreation(this::superuser, passwords).create(name, schema);
  }

  /** The address of a database for JDBC. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The login of the application. */
  public DatabaseLogin app(String database) {
    return new DatabaseLogin(jdbcUrl(database), "tidemark_app", passwords.app());
  }

  /** The login of the auditor, who reads the audit views. */
  public DatabaseLogin auditor(String database) {
    return new DatabaseLogin(jdbcUrl(database), "tidemark_auditor", passwords.auditor());
  }

  /**
   * The login of the superuser, who may do anything; a test can take on the schema's owner with
   * {@code set role tidemark_owner}.
   */
  public DatabaseLogin superuser(String database) {
    return new DatabaseLogin(jdbcUrl(database), "postgres", passwords.superuser());
  }

  /** The port, which stays the same from start to start. */
  public int port() {
    return port;
  }

  public Path logFile() {
    return directory.resolve("postgresql.log");
  }

  /** The directory of the server's files, log and passwords. */
  public Path directory() {
    return directory;
  }

  /** Whether the server's process is there. */
  public boolean isRunning() {
    return Postmaster.of(cluster.path()).isPresent();
  }

  /**
   * Cleans up after an earlier owner of the directory that was killed: its server may still run, or
   * have left its {@code postmaster.pid}.
   */
  private void stopLeftover() {
    if (isRunning()) {
      stop("fast");
    }
    try {
      Files.deleteIfExists(Postmaster.file(cluster.path()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop(String mode) {
    if (ownership.isHeld() && isRunning()) { // otherwise it is another process's
      programs.run("pg_ctl", "-D", cluster.path().toString(), "-m", mode, "-w", "-t", "60", "stop");
    }
  }

  private static void createDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
