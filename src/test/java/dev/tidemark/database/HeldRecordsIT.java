package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The clean-up has no time-out of its own, and locks that a new hold and the other nodes wait for:
 * so it fails where somebody holds an old row, and the next one tries again.
 */
class HeldRecordsIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");

  static {
    run(APP, "set statement_timeout = '20s'"); // whoever waits for a row waits for longer
    run(
        SUPERUSER,
        """
        insert into tidemark.refusal_record (refusal_id, first_at, last_at, times, node, operation, code, message)
        values (gen_random_uuid(), now() - interval '9 days', now() - interval '9 days', 1, 'n', 'join', 'x', 'x')""");
    run(
        SUPERUSER,
        """
        insert into tidemark.admin_record (acted_at, node, remote_address, operation, target)
        values (now() - interval '9 days', 'n', 'x', 'drain', 'x')""");
    run(
        SUPERUSER,
        """
        with login as (
          insert into tidemark.browser_login (login_id, node, alive_until)
          values (gen_random_uuid(), 'gone', now() - interval '9 days') returning login_id)
        insert into tidemark.ticket (ticket_hash, issued_at, expires_at, principal, tenant, roles, login_id)
        select sha256('x'), now(), now() + interval '1 day', 'alice', 'default', '{user}', login_id from login""");
    new TestLog(SUPERUSER, "published");
    run(
        SUPERUSER,
        """
        insert into tidemark.publication (session_key, event_id, cursor)
        select session_key, gen_random_uuid(), 0 from tidemark.session_head""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "refusal_record; forget_records('1 day', 10)",
        "admin_record; forget_admin_records('1 day', 10)",
        "ticket; forget_logins(10)",
        "publication; forget_publications(10)"
      })
  void anOldRowThatIsHeldIsRemovedTheNextTime(String table, String call) throws SQLException {
    String forget = "select tidemark." + call;
    try (Connection holder = DATABASE.as("postgres")) {
      holder.setAutoCommit(false);
      run(holder, "select from tidemark.%s for update".formatted(table));
      SqlFailure failure = assertThrows(SqlFailure.class, () -> one(APP, forget));
      assertEquals("55P03", failure.state());
    }
    assertEquals(1L, one(APP, forget));
    assertEquals(0L, one(SUPERUSER, "select count(*) from tidemark." + table));
  }
}
