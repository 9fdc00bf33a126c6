package dev.tidemark.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.InstalledPostgres;
import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import dev.tidemark.testing.gateway.EarlierVersion;
import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.DatabaseSchema;
import dev.tidemark.tools.run.DevelopmentDatabase;
import dev.tidemark.tools.run.Directories;
import dev.tidemark.tools.run.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schema installed and upgraded by psql, as {@code docs/operations.md} says, and by Flyway: the
 * same files make the same database, whatever it was before.
 */
final class InstallIT {
  private static final Path DB = Path.of("db");

  private static InstalledPostgres postgres;
  private static DevelopmentDatabase server;

  /** The schema of an installation by Flyway. */
  private static String fresh;

  private static int databases;

  private final String name = "installed_" + ++databases;
  private Path folder;

  @BeforeAll
  static void start() {
    postgres = InstalledPostgres.orSkip();
    server = postgres.startFresh("install-database");
    server.createDatabase("fresh");
    fresh = postgres.dumpSchema(server.superuser("fresh"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void anEmptyDatabaseAndACopyOfTheFiles() {
    server.createDatabase(name, nothing -> {});
    folder = Directories.forTest(name);
    Directories.delete(folder);
    Directories.copy(DB, folder);
    folder.resolve("install.sh").toFile().setExecutable(true);
  }

  @Test
  void anInstallationIsWhatFlywayMakesOfTheSameFiles() {
    install();

    assertEquals(fresh, dump());
  }

  @ParameterizedTest
  @MethodSource("earlierVersions")
  void anUpgradeFromAnyVersionIsTheSameAsAnInstallation(int version) throws IOException {
    goBackTo(version);
    install();
    assertEquals(version, versions().size());
    Directories.copy(DB, folder);
    install();

    assertEquals(fresh, dump());
    assertEquals(migrations(DB).size(), versions().size());
  }

  @Test
  void anUpgradeByFlywayIsTheSameToo() throws IOException {
    goBackTo(migrations(DB).size() - 1);
    new DatabaseSchema(folder).apply(login());
    assertEquals(migrations(DB).size() - 1, versions().size());
    Directories.copy(DB, folder);
    new DatabaseSchema(folder).apply(login());

    assertEquals(fresh, dump());
  }

  /** The earlier version has its own functions and audit views, in its own files. */
  @ParameterizedTest
  @MethodSource("released")
  void aReleasedVersionIsUpgradedToTheSame(EarlierVersion earlier) throws IOException {
    for (Path migration : migrations(earlier.db())) {
      Path now = DB.resolve("migrations").resolve(migration.getFileName());
      assertEquals(-1, Files.mismatch(now, migration), migration + " is released and was changed");
    }
    Directories.delete(folder);
    Directories.copy(earlier.db(), folder);
    Files.copy(
        DB.resolve("install.sh"),
        folder.resolve("install.sh"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
    install();
    String flyway = name + "_by_flyway";
    server.createDatabase(flyway, new DatabaseSchema(folder)::apply);

    postgres.install(DB.toAbsolutePath(), login());
    assertEquals(fresh, dump());
    server.createDatabase(flyway);
    assertEquals(fresh, postgres.dumpSchema(server.superuser(flyway)));
  }

  @Test
  void doingItAgainChangesNothing() {
    install();
    String before = dump();
    List<Object> versions = versions();
    install();

    assertEquals(before, dump());
    assertEquals(versions, versions());
  }

  @Test
  void theLastLineSaysWhatWasDone() throws IOException {
    List<Path> newest = migrations(DB).subList(migrations(DB).size() - 3, migrations(DB).size());
    int before = number(newest.get(0));
    int now = number(newest.get(2));
    goBackTo(before);
    assertEquals("schema " + before + ", installed", last());
    assertEquals("schema " + before + ", up to date", last());
    Directories.copy(DB, folder);
    assertEquals(
        "schema %d -> %d: %s, %s".formatted(before, now, name(newest.get(1)), name(newest.get(2))),
        last());
    assertEquals("schema " + now + ", up to date", last());
  }

  private static String name(Path migration) {
    return migration.getFileName().toString().replace(".sql", "");
  }

  @Test
  void aFailedInstallationLeavesNothing() throws IOException {
    Files.writeString(
        folder.resolve("migrations/V999__broken.sql"), "select 1;\nselect broken_on_purpose;\n");

    assertTrue(refusal().contains("broken_on_purpose"));
    assertEquals(
        0L, one("select count(*) from pg_namespace where nspname in ('tidemark', 'audit')"));
  }

  @Test
  void aSchemaThatIsNewerThanTheFilesIsLeftAlone() throws IOException {
    install();
    String before = dump();
    Files.delete(newestMigration());

    assertTrue(refusal().contains("newer than these files"));
    assertEquals(before, dump());
  }

  @Test
  void aSchemaThatFlywayManagesIsLeftToFlyway() {
    run("create table public.tidemark_schema_history (installed_rank int)");

    assertTrue(refusal().contains("Flyway keeps the schema"));
  }

  @Test
  void theServersOwnDatabaseIsRefused() {
    String refused =
        assertThrows(
                StartupException.class,
                () -> postgres.install(folder, server.superuser("postgres")))
            .getMessage();

    assertTrue(refused.contains("the database postgres is the server's own"), refused);
    assertTrue(refused.contains("database postgres at "), refused);
  }

  @Test
  void whoIsNoSuperuserIsToldSo() {
    run("create role somebody login password 'x'");
    DatabaseLogin superuser = login();
    DatabaseLogin somebody = new DatabaseLogin(superuser.url(), "somebody", "x");

    String refused =
        assertThrows(StartupException.class, () -> postgres.install(folder, somebody)).getMessage();
    run("drop role somebody");

    assertTrue(refused.contains("a superuser has to run this, and somebody is none"), refused);
  }

  /** Later statements on the table queue behind an installation that waits for its lock. */
  @Test
  void anInstallationWaitsForALockForSecondsOnly() throws Exception {
    install();
    try (Connection holder = server.superuser(name).connect()) {
      holder.setAutoCommit(false);
      SchemaDatabase.run(holder, "lock table tidemark.schema_version");

      assertTrue(refusal().contains("lock timeout"));
    }
  }

  @Test
  void anInstallationWinsADeadlockWithATransactionThatCanBeSentAgain() throws Exception {
    install();
    try (Connection other = server.superuser(name).connect()) {
      other.setAutoCommit(false);
      SchemaDatabase.run(other, "lock table audit.event_history in access share mode");
      CompletableFuture<Void> installation = CompletableFuture.runAsync(this::install);
      Awaitility.await("the installation waits")
          .until(() -> !column("select 1 from pg_locks where not granted").isEmpty());

      SqlFailure failure =
          assertThrows(
              SqlFailure.class,
              () -> SchemaDatabase.run(other, "select pg_advisory_xact_lock(29801, 100)"));
      assertEquals("40P01", failure.state());
      other.rollback();
      installation.join();
    }
  }

  private static IntStream earlierVersions() throws IOException {
    return IntStream.range(1, migrations(DB).size());
  }

  /**
   * The oldest version that the newest schema is compatible with, and the last one without separate
   * files of functions.
   */
  private static Stream<EarlierVersion> released() {
    return Stream.of(EarlierVersion.orSkip(8), EarlierVersion.orSkipBefore("db/functions"));
  }

  /** Restores an earlier version's files, without those that may need a later migration. */
  private void goBackTo(int version) throws IOException {
    for (Path migration : migrations(folder)) {
      if (number(migration) > version) {
        Files.delete(migration);
      }
    }
    Directories.delete(folder.resolve("functions"));
    Directories.delete(folder.resolve("audit"));
  }

  private void install() {
    postgres.install(folder, login());
  }

  /** The last line that an installation says. */
  private String last() {
    List<String> lines = postgres.installation(folder, login()).lines().toList();
    return lines.get(lines.size() - 1);
  }

  private String refusal() {
    return assertThrows(StartupException.class, this::install).getMessage();
  }

  private String dump() {
    return postgres.dumpSchema(login());
  }

  private List<Object> versions() {
    return column("select version || ' at ' || applied_at from tidemark.schema_version order by 1");
  }

  private Path newestMigration() throws IOException {
    List<Path> all = migrations(folder);
    return all.get(all.size() - 1);
  }

  private static List<Path> migrations(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("migrations"))) {
      return files.sorted(Comparator.comparingInt(InstallIT::number)).toList();
    }
  }

  private static int number(Path migration) {
    return Integer.parseInt(migration.getFileName().toString().replaceAll("^V(\\d+)__.*", "$1"));
  }

  private DatabaseLogin login() {
    return server.superuser(name);
  }

  private Object one(String sql) {
    return column(sql).get(0);
  }

  private List<Object> column(String sql) {
    try (Connection connection = login().connect()) {
      return SchemaDatabase.column(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run(String sql) {
    try (Connection connection = login().connect()) {
      SchemaDatabase.run(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
