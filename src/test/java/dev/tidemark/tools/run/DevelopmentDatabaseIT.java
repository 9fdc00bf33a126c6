package dev.tidemark.tools.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class DevelopmentDatabaseIT {

  private static DevelopmentDatabase database;

  @BeforeAll
  static void start() {
    database = DevelopmentDatabase.startFresh("development-database");
    database.createDatabase("tidemark");
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void whatWasCommittedSurvivesAPowerCut() throws SQLException {
    run("create table survivor as select 42 as answer");
    database.stopImmediately();
    database.start();
    assertEquals("42", ask("select answer from survivor"));
  }

  @Test
  void itIsAsDurableAsInProduction() throws SQLException {
    assertEquals(
        "on on on",
        ask(
            "select concat_ws(' ', current_setting('fsync'), current_setting('full_page_writes'),"
                + " current_setting('synchronous_commit'))"));
  }

  @Test
  void aDatabaseThatIsThereIsBroughtUpToDateAgain() throws SQLException {
    database.createDatabase("tidemark");
    try (Connection connection = database.app("tidemark").connect();
        Statement statement = connection.createStatement();
        ResultSet versions =
            statement.executeQuery("select max(version) > 0 from tidemark.schema_version")) {
      versions.next();
      assertEquals(true, versions.getBoolean(1));
    }
  }

  @Test
  void aSecondOwnerIsRefusedAndStopsNothing() throws SQLException {
    DevelopmentDatabase second =
        DevelopmentDatabase.in(Directories.forTest("development-database"), Ports.free());
    StartupException refusal = assertThrows(StartupException.class, second::start);
    assertEquals(true, refusal.getMessage().contains("Another process"));
    second.close();
    assertEquals("1", ask("select 1"));
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DevelopmentDatabase other =
            DevelopmentDatabase.in(
                Directories.forTest("taken-port-database"), taken.getLocalPort())) {
      StartupException refusal = assertThrows(StartupException.class, other::start);
      assertEquals(
          "Port " + taken.getLocalPort() + " is taken; choose another with -Ddb.port=<port>.",
          refusal.getMessage());
    }
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection = database.superuser("tidemark").connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(String sql) throws SQLException {
    try (Connection connection = database.superuser("tidemark").connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
