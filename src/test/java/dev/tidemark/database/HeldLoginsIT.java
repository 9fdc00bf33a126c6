package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody holds the row of a browser's login: whoever needs it does not wait for long. */
class HeldLoginsIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  static {
    run(APP, "set statement_timeout = '20s'"); // whoever waits for a row waits for longer
  }

  private final UUID held = UUID.randomUUID();
  private final UUID free = UUID.randomUUID();
  private Connection holder;

  @BeforeEach
  void hold() throws SQLException {
    for (UUID login : new UUID[] {held, free}) {
      run(
          SUPERUSER,
          "insert into tidemark.browser_login (login_id, node, alive_until) values (?, 'here', now())",
          login);
    }
    holder = DATABASE.as("postgres");
    holder.setAutoCommit(false);
    run(holder, "select from tidemark.browser_login where login_id = ? for update", held);
  }

  @AfterEach
  void letGo() throws SQLException {
    holder.close();
  }

  @Test
  void theOthersAreRenewedAndTheHeldOneTheNextTime() throws SQLException {
    renewBoth();
    assertEquals(true, isAlive(free));
    assertEquals(false, isAlive(held));
    holder.rollback();
    renewBoth();
    assertEquals(true, isAlive(held));
  }

  /** A ticket that is being made holds the key of its login, which is no reason to wait. */
  @Test
  void aLoginIsRenewedWhileATicketIsBoundToIt() {
    run(holder, "select from tidemark.browser_login where login_id = ? for key share", free);
    renewBoth();
    assertEquals(true, isAlive(free));
  }

  @Test
  void aTicketIsNotBoundAndALoginNotEndedWhileItsRowIsHeld() {
    for (String call :
        new String[] {
          "select tidemark.bind_ticket('\\x00', ?, 'here', '30 seconds')",
          "select tidemark.end_login(?)"
        }) {
      SqlFailure failure = assertThrows(SqlFailure.class, () -> run(APP, call, held));
      assertEquals(LOCK_NOT_AVAILABLE, failure.state());
      run(APP, call, free);
    }
    assertEquals(1L, one(SUPERUSER, COUNT, held));
    assertEquals(0L, one(SUPERUSER, COUNT, free));
  }

  private static final String COUNT =
      "select count(*) from tidemark.browser_login where login_id = ?";

  private void renewBoth() {
    run(APP, "select tidemark.renew_logins(array[?, ?]::uuid[], '30 seconds')", held, free);
  }

  private static boolean isAlive(UUID login) {
    return (boolean)
        one(
            SUPERUSER,
            "select alive_until > clock_timestamp() from tidemark.browser_login where login_id = ?",
            login);
  }
}
