package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests the second wall without the first: statements without any {@code where}, run as the
 * application runs them, on its connection.
 */
final class LogAccessIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");

  private static QuickLog ours;
  private static QuickLog theirs;

  @BeforeAll
  static void twoSessionsOfTwoTenants() throws SQLException {
    ours = withEverything("default");
    theirs = withEverything("other");
  }

  private static QuickLog withEverything(String tenant) throws SQLException {
    QuickLog log = new QuickLog(SUPERUSER);
    log.turn("completed", 3);
    log.written();
    run(SUPERUSER, "update tidemark.session set tenant = ? where session_key = ?", tenant, log.key);
    run(
        SUPERUSER,
        "insert into tidemark.message (session_key, cursor, message_id, sender, role, content) values (?, 1, 'm', 'alice', 'user', '1')",
        log.key);
    run(
        SUPERUSER,
        "insert into tidemark.session_member (session_key, principal, may_write, added_by) values (?, 'bob', false, 'alice')",
        log.key);
    return log;
  }

  static Stream<String> everyTableOfSessions() {
    List<Object> tables =
        column(
            SUPERUSER,
            """
            select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace = 'tidemark'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
               and a.attname = 'session_key' and has_table_privilege('tidemark_reader', c.oid, 'select')""");
    assertEquals(7, tables.size(), tables::toString);
    return tables.stream().map(String.class::cast);
  }

  @ParameterizedTest
  @MethodSource("everyTableOfSessions")
  void withoutAnyConditionNothingForeignIsRead(String table) throws SQLException {
    String everything = "select distinct session_key from " + table;
    assertEquals(2, column(APP, everything).size(), "the application itself sees both");
    assertEquals(List.of(ours.key), read(ours.scope(), everything));
    assertEquals(List.of(theirs.key), read(new TenantSession("other", theirs.key), everything));
  }

  @ParameterizedTest
  @MethodSource("everyTableOfSessions")
  void aSessionIsNotOpenedToAnotherTenant(String table) throws SQLException {
    assertEquals(
        List.of(),
        read(new TenantSession("default", theirs.key), "select session_key from " + table));
    assertEquals(
        List.of(), read(new TenantSession("none", ours.key), "select session_key from " + table));
  }

  @ParameterizedTest
  @MethodSource("everyTableOfSessions")
  void whereNothingWasOpenedThereIsNothing(String table) {
    run(APP, "begin");
    run(APP, "set local role tidemark_reader");
    assertEquals(List.of(), column(APP, "select 1 from " + table));
    run(APP, "rollback");
  }

  /** Reads as {@link EventLog} does outside any transaction, where no transaction ends the role. */
  private static List<Object> read(TenantSession tenantSession, String query) throws SQLException {
    List<Object> keys = new ArrayList<>();
    try (PreparedStatement select = ReaderRole.prepare(APP, tenantSession, query);
        ResultSet row = ReaderRole.rows(select)) {
      while (row.next()) {
        keys.add(row.getObject(1));
      }
    }
    assertEquals("tidemark_app", one(APP, "select current_user::text"), "the role has ended");
    return keys;
  }

  @Test
  void aPageOfAForeignSessionIsAnUnknownSession() {
    assertThrows(
        UnknownSessionException.class,
        () -> PageSql.read(APP, new TenantSession("default", theirs.key), 1, 10, 1_000));
    assertThrows(
        UnknownSessionException.class,
        () -> CompactPageSql.read(APP, new TenantSession("default", theirs.key), 1, 3, 10, 1_000));
  }

  @Test
  void whatIsOpenedIsForWhoAsksAndForNobodyBesideThem() {
    run(APP, "begin");
    Object id =
        one(SUPERUSER, "select session_id from tidemark.session where session_key = ?", ours.key);
    Object foreign =
        one(SUPERUSER, "select session_id from tidemark.session where session_key = ?", theirs.key);
    assertEquals(
        List.of(List.of(1L, "owner"), List.of(2L, "read")),
        rows(
            APP,
            "select place, access from tidemark.open_sessions(array['default', 'default', 'default', 'default', 'other'],"
                + " array['alice', 'bob', 'mallory', 'alice', 'alice'], array[?, ?, ?, ?, ?]::text[]) order by place",
            id,
            id,
            id,
            foreign,
            id));
    run(APP, "rollback");
  }

  @Test
  void onlyOneClassGoesThroughToTheReader() {
    assertTrue(
        sources()
                .filter(
                    text ->
                        text.matches("(?s).*(\\brole'?,? *'?tidemark_reader|set (local )?role).*"))
                .count()
            == 1,
        "ReaderRole is the only way to the role tidemark_reader");
  }

  private static Stream<String> sources() {
    return dev.tidemark.testing.Sources.main();
  }

  @Test
  void theReaderChangesNothingAndReadsNoDayByItself() {
    for (String sql :
        List.of(
            "delete from tidemark.event",
            "update tidemark.session set closed_at = now()",
            "insert into tidemark.session_member (session_key, principal, may_write, added_by) values (1, 'x', true, 'x')",
            "select * from tidemark.event_default",
            "select * from tidemark.event_history",
            "select * from tidemark.join_record",
            "select * from tidemark.publication",
            "select tidemark.open_sessions_of('default', 'alice', 1)")) {
      run(APP, "begin");
      run(APP, "set local role tidemark_reader");
      assertTrue(
          assertThrows(RuntimeException.class, () -> run(APP, sql), sql)
              .getMessage()
              .contains("permission denied"),
          sql);
      run(APP, "rollback");
    }
  }
}
