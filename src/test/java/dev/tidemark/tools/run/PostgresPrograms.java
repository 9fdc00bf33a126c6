package dev.tidemark.tools.run;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The programs of a PostgreSQL: of the one that comes from Maven Central, unpacked once under
 * {@code target/}, or of an installed one.
 */
public final class PostgresPrograms {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path bin;

  private PostgresPrograms(Path bin) {
    this.bin = bin;
  }

  /** The programs of a directory. */
  public static PostgresPrograms in(Path bin) {
    return new PostgresPrograms(bin);
  }

  static PostgresPrograms unpacked() {
    Path home = Path.of("target", "postgresql").toAbsolutePath();
    if (!Files.isDirectory(home)) {
      unpack(home);
    }
    return in(home.resolve("bin"));
  }

  /**
   * Runs a program to its end.
   *
   * @throws StartupException with the program's output, if it ends with anything but 0
   */
  public void run(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // PostgreSQL refuses to run as root. In a user namespace of its own it is nobody, with root's
      // files.
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(arguments));
    Command.within(PATIENCE).run(command);
  }

  /**
   * Unpacks beside the final place and then renames, so that two processes at once, or one that is
   * killed, leave nothing half done.
   */
  private static void unpack(Path home) {
    try {
      Files.createDirectories(home.getParent());
      Path unfinished = Files.createTempDirectory(home.getParent(), "postgresql-");
      try (InputStream packed = new BufferedInputStream(archive());
          TarArchiveInputStream files =
              new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
        for (TarArchiveEntry entry = files.getNextEntry();
            entry != null;
            entry = files.getNextEntry()) {
          unpack(entry, files, unfinished.resolve(entry.getName()));
        }
      }
      try {
        Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        Directories.delete(unfinished);
        if (!Files.isDirectory(home)) {
          throw e;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(content, path);
      Files.setPosixFilePermissions(
          path,
          PosixFilePermissions.fromString(
              (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  private static InputStream archive() throws IOException {
    String system =
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "Darwin" : "Linux";
    String machine =
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    InputStream found = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
    if (found == null) {
      throw new StartupException(
          "There is no PostgreSQL for "
              + system
              + " on "
              + machine
              + " here; name one: -Ddb.url, -Ddb.user, -Ddb.password.");
    }
    return found;
  }
}
