package dev.tidemark.development;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

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
  private FileChannel owned;

  private DevelopmentDatabase(Path directory, int port) {
    this.directory = directory.toAbsolutePath();
    this.port = port;
    createDirectory(this.directory);
    this.programs = PostgresPrograms.unpacked();
    this.passwords = DevelopmentPasswords.in(this.directory);
  }

  /**
   * The database of a directory, at a given port; not started. The directory is made if it is not
   * there.
   */
  public static DevelopmentDatabase in(Path directory, int port) {
    return new DevelopmentDatabase(directory, port);
  }

  /**
   * An empty server of a test's own, at a free port, started; data that an earlier run left is
   * removed.
   */
  public static DevelopmentDatabase startFresh(String name) {
    Path directory = Directories.forTest(name);
    if (Files.isDirectory(directory)) {
      try (DevelopmentDatabase earlier = in(directory, Ports.free())) {
        earlier.own();
        earlier.stopLeftover();
      }
      Directories.delete(directory);
    }
    return in(directory, Ports.free()).start();
  }

  /**
   * Starts the server and waits until it answers. After {@link #stopImmediately()} this includes
   * recovery.
   *
   * @throws StartupException where the directory is in use, the port is taken, or the server does
   *     not start
   */
  public DevelopmentDatabase start() {
    own();
    stopLeftover();
    if (!Files.isDirectory(cluster())) {
      initialise();
    }
    if (!Ports.isFree(port)) {
      throw new StartupException(
          "Port " + port + " is taken; choose another with -Ddb.port=<port>.");
    }
    configure();
    programs.run(
        "pg_ctl",
        "-D",
        cluster().toString(),
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
   * Stops the server as a power cut does: what was not committed is gone, and the next start
   * recovers.
   */
  public void stopImmediately() {
    stop("immediate");
  }

  /** Stops the server if it runs, and lets go of the directory. */
  @Override
  public void close() {
    stop();
    try {
      if (owned != null) {
        owned.close();
        owned = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Creates the database if it is not there, and brings it up to date with the folder {@code db/}.
   */
  public void createDatabase(String name) {
    DatabaseSchema schema = new DatabaseSchema(Path.of("db"));
    try (Connection connection = superuser("postgres").connect()) {
      if (!exists(connection, "select from pg_database where datname = ?", name)) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("create database " + statement.enquoteIdentifier(name, true));
        }
      }
    } catch (SQLException e) {
      throw new StartupException(
          "The database " + name + " cannot be created: " + e.getMessage(), e);
    }
    schema.apply(superuser(name));
    try (Connection connection = superuser(name).connect()) {
      setPassword(connection, "tidemark_app", passwords.app());
      setPassword(connection, "tidemark_auditor", passwords.auditor());
    } catch (SQLException e) {
      throw new StartupException("The passwords of the roles cannot be set: " + e.getMessage(), e);
    }
  }

  /** The address of a database for JDBC. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The role that the application has. */
  public DatabaseLogin app(String database) {
    return new DatabaseLogin(jdbcUrl(database), "tidemark_app", passwords.app());
  }

  /** The role that reads the audit views. */
  public DatabaseLogin auditor(String database) {
    return new DatabaseLogin(jdbcUrl(database), "tidemark_auditor", passwords.auditor());
  }

  /**
   * The role that may do anything; a test can take on the schema's owner with {@code set role
   * tidemark_owner}.
   */
  public DatabaseLogin superuser(String database) {
    return new DatabaseLogin(jdbcUrl(database), "postgres", passwords.superuser());
  }

  /** The port, which stays the same from start to start. */
  public int port() {
    return port;
  }

  /** What the server has to say. */
  public Path logFile() {
    return directory.resolve("postgresql.log");
  }

  /** Whether the server's process is there. */
  public boolean isRunning() {
    return Postmaster.of(cluster()).isPresent();
  }

  private Path cluster() {
    return directory.resolve("cluster");
  }

  private void own() {
    if (owned != null) {
      return;
    }
    try {
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartupException("Another process is using the data in " + directory + ".");
      }
      owned = channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it already
    }
  }

  /**
   * Whoever owned the directory before was killed: its server may still run, or have left the file
   * that says so.
   */
  private void stopLeftover() {
    if (isRunning()) {
      stop("fast");
    }
    try {
      Files.deleteIfExists(Postmaster.file(cluster()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stop(String mode) {
    if (owned != null && isRunning()) { // else it is somebody else's
      programs.run("pg_ctl", "-D", cluster().toString(), "-m", mode, "-w", "-t", "60", "stop");
    }
  }

  /** Beside its place and then renamed: a half-made cluster would never start. */
  private void initialise() {
    Path unfinished = directory.resolve("cluster.unfinished");
    Directories.delete(unfinished);
    Path password = directory.resolve("superuser.password");
    try {
      Files.writeString(password, passwords.superuser() + "\n");
      programs.run(
          "initdb",
          "-D",
          unfinished.toString(),
          "-U",
          "postgres",
          "--pwfile=" + password,
          "-A",
          "scram-sha-256",
          "-E",
          "UTF8",
          "--locale=C");
      Files.delete(password);
      Files.writeString(
          unfinished.resolve("postgresql.conf"),
          "include_if_exists 'tidemark.conf'\n",
          StandardOpenOption.APPEND);
      Files.move(unfinished, cluster(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** R2 is only worth what the disk is told: durability is on here as it is in production. */
  private void configure() {
    String settings =
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        max_connections = 200
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        timezone = 'UTC'
        log_timezone = 'UTC'
        """
            .formatted(port);
    try {
      Files.writeString(cluster().resolve("tidemark.conf"), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void setPassword(Connection connection, String role, String password)
      throws SQLException {
    if (!exists(connection, "select from pg_roles where rolname = ?", role)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "alter role " + role + " login password " + statement.enquoteLiteral(password));
    }
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      return statement.executeQuery().next();
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
