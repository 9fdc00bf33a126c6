package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A ticket is spent once and in time, and a principal has a limited number, also under races. */
class TicketIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final int CROWD = 8;

  private final String principal = "p-" + UUID.randomUUID();

  @Test
  void aTicketIsSpentOnceAndSaysWhoseItWas() {
    byte[] hash = hash("once");
    assertTrue(issue(APP, hash, 10));
    assertEquals(List.of(principal), spend(APP, hash));
    assertEquals(List.of(), spend(APP, hash));
  }

  @Test
  void ofManyThatSpendItAtOnceOneSucceeds() {
    for (int round = 0; round < 10; round++) {
      byte[] hash = hash("raced-" + round);
      assertTrue(issue(APP, hash, 10));
      assertEquals(1, inACrowd(connection -> spend(connection, hash).size()));
    }
  }

  @Test
  void ofManyRequestsAtOnceNoMoreSucceedThanTheLimit() {
    assertEquals(
        3,
        inACrowd(connection -> issue(connection, hash(UUID.randomUUID().toString()), 3) ? 1 : 0));
  }

  @Test
  void aSpentOrALateTicketMakesRoomForAnother() {
    assertTrue(issue(APP, hash("first"), 1));
    assertFalse(issue(APP, hash("second"), 1));
    assertEquals(List.of(principal), spend(APP, hash("first")));
    assertTrue(issue(APP, hash("third"), 1));
    end();
    assertTrue(issue(APP, hash("fourth"), 1));
  }

  @Test
  void aLateTicketIsWorthNothingAndLeaves() {
    assertTrue(issue(APP, hash("late"), 10));
    end();
    assertEquals(List.of(), spend(APP, hash("late")));
    assertTrue((long) one(APP, "select tidemark.forget_tickets(1000)") >= 1);
    assertEquals(
        0L, one(SUPERUSER, "select count(*) from tidemark.ticket where principal = ?", principal));
  }

  @Test
  void aTicketOfATokenThatHasEndedIsWorthNothing() {
    assertTrue(issue(APP, hash("of-old"), 10));
    run(
        SUPERUSER,
        "update tidemark.ticket set authentication_ends_at = clock_timestamp() where principal = ?",
        principal);
    assertEquals(List.of(), spend(APP, hash("of-old")));
  }

  /** The login's node is gone, and nothing has removed the login yet. */
  @Test
  void aTicketOfALoginThatIsNotRenewedIsWorthNothing() {
    assertTrue(issue(APP, hash("of-login"), 10));
    assertTrue(issue(APP, hash("of-late-login"), 10));
    run(
        SUPERUSER,
        """
        with login as (
          insert into tidemark.browser_login (login_id, node, alive_until)
          values (gen_random_uuid(), 'gone', clock_timestamp() + '1 minute') returning login_id)
        update tidemark.ticket set login_id = login.login_id from login where principal = ?""",
        principal);
    assertEquals(List.of(principal), spend(APP, hash("of-login")));
    run(SUPERUSER, "update tidemark.browser_login set alive_until = clock_timestamp()");
    assertEquals(List.of(), spend(APP, hash("of-late-login")));
  }

  private void end() {
    run(
        SUPERUSER,
        "update tidemark.ticket set expires_at = clock_timestamp() where principal = ?",
        principal);
  }

  private boolean issue(Connection connection, byte[] hash, int max) {
    return (boolean)
        one(
            connection,
            "select tidemark.issue_ticket(?, '30 seconds', ?, ?, 'default', '{user}', null, null, null, null, null)",
            hash,
            max,
            principal);
  }

  private static List<Object> spend(Connection connection, byte[] hash) {
    return column(connection, "select principal from tidemark.spend_ticket(?)", hash);
  }

  private interface Request {
    int successes(Connection connection);
  }

  private static int inACrowd(Request request) {
    List<Connection> connections =
        IntStream.range(0, CROWD).mapToObj(i -> DATABASE.as("tidemark_app")).toList();
    try {
      List<CompletableFuture<Integer>> asked =
          connections.stream()
              .map(each -> CompletableFuture.supplyAsync(() -> request.successes(each)))
              .toList();
      return asked.stream().mapToInt(CompletableFuture::join).sum();
    } finally {
      connections.forEach(TicketIT::close);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] hash(String ticket) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((principal + ticket).getBytes(StandardCharsets.UTF_8));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
