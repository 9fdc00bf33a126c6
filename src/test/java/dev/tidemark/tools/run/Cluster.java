package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;

/** The files of one PostgreSQL server, in a directory {@code cluster} beside its passwords. */
final class Cluster {

  private final Path directory;

  Cluster(Path directory) {
    this.directory = directory;
  }

  Path path() {
    return directory.resolve("cluster");
  }

  /** Makes the files if they do not exist, and configures the next start. */
  void prepare(PostgresPrograms programs, DevelopmentPasswords passwords, int port) {
    try {
      if (!Files.isDirectory(path())) {
        initialise(programs, passwords);
      }
      configure(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the file that makes the next start a standby or a recovery: {@code standby.signal} or
   * {@code recovery.signal}.
   */
  void signal(String file) {
    try {
      Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rwx------"));
      Files.writeString(path().resolve(file), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends settings to those of {@code alter system}: the last line of a name counts. */
  void set(Map<String, String> settings) {
    String lines =
        settings.entrySet().stream()
            .map(set -> set.getKey() + " = '" + set.getValue().replace("'", "''") + "'\n")
            .collect(Collectors.joining());
    try {
      Files.writeString(path().resolve("postgresql.auto.conf"), lines, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the cluster beside its place, then renames it: a half-made one would never start. */
  private void initialise(PostgresPrograms programs, DevelopmentPasswords passwords)
      throws IOException {
    Path unfinished = directory.resolve("cluster.unfinished");
    Directories.delete(unfinished);
    Path password = directory.resolve("superuser.password");
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
    Files.move(unfinished, path(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** R2 depends on durable writes, so durability is on here as it is in production. */
  private void configure(int port) throws IOException {
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
    Files.writeString(path().resolve("tidemark.conf"), settings);
  }
}
