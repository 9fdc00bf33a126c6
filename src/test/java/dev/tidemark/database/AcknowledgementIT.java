package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A misfit that somebody answers for is shown as such, and hides no other. */
class AcknowledgementIT {
  private static final String RESULT = "select result from audit.session_verification";
  private static final String ACKNOWLEDGED =
      "select acknowledged from audit.verification_progress order by verification_id";

  private SchemaDatabase database;
  private Connection superuser;
  private Connection auditor;

  @BeforeEach
  void aSessionWhoseThirdEventIsNotTheOneThatWasHashed() {
    database = SchemaDatabase.fresh();
    superuser = database.as("postgres");
    auditor = database.as("tidemark_auditor");
    TestLog log = new TestLog(superuser, "s-1");
    for (int i = 0; i < 6; i++) {
      log.append("broadcast", "{}");
    }
    change(3, "'{\"x\":1}'");
  }

  @Test
  void itNoLongerCountsAndIsStillShown() throws SQLException {
    assertEquals(List.of(List.of(1L, 1L)), rows(auditor, "call audit.verify_all()"));
    acknowledge(3);

    assertEquals(List.of(List.of(2L, 0L)), rows(auditor, "call audit.verify_all()"));
    assertEquals(
        List.of(
            List.of(1L, 3L, "changed", "Anna", "ticket 9"),
            List.of(2L, 3L, "changed", "Anna", "ticket 9")),
        rows(
            auditor,
            """
            select verification_id, cursor, kind, acknowledged_by, acknowledged_why
              from audit.verification_misfits order by 1"""));
    assertEquals(
        List.of(List.of("s-1", 3L, "changed", "Anna", "ticket 9", "postgres")),
        rows(
            auditor,
            "select session_id, cursor, kind, acknowledged_by, reason, noted_by from audit.acknowledged_misfits"));
    assertEquals(
        List.of(List.of(1L, 1L), List.of(1L, 1L)),
        rows(auditor, "select misfits, acknowledged from audit.verification_progress"));
    assertEquals(List.of(), column(auditor, "select cursor from audit.invariant_violations"));
    try (Statement statement = auditor.createStatement()) {
      statement.executeQuery("select audit.verify_session('s-1')").close();
      assertEquals(
          "changed at cursor 3, acknowledged by Anna: ticket 9",
          statement.getWarnings().getMessage());
    }
  }

  @Test
  void aMisfitBehindItIsFound() {
    acknowledge(3);
    assertEquals(null, misfit());
    change(5, "'{\"x\":2}'");

    assertEquals(5L, misfit());
    assertEquals(List.of(List.of(1L, 1L)), rows(auditor, "call audit.verify_all()"));
    assertEquals(
        List.of(List.of("changed", 5L, 6L, 0L)),
        rows(
            auditor,
            "select result, misfit_cursor, verified_cursor, events_since from audit.session_verification"));
  }

  /** A verification keeps one misfit of a session, and the number of the others. */
  @Test
  void oneOfTwoThatWereFoundLeavesTheSessionUnacknowledged() {
    change(5, "'{\"x\":2}'");
    assertEquals(List.of(List.of(1L, 1L)), rows(auditor, "call audit.verify_all()"));
    acknowledge(3);

    assertEquals(List.of(List.of(3L, "Anna", 1L, false)), misfits(1));
    assertEquals(List.of("changed"), column(auditor, RESULT));
    assertEquals(List.of(0L), column(auditor, ACKNOWLEDGED));
    assertEquals(
        List.of(List.of(1L, 1L)), rows(auditor, "call audit.verify_all(verification => 1)"));

    assertEquals(List.of(List.of(2L, 1L)), rows(auditor, "call audit.verify_all()"));
    assertEquals(Collections.singletonList(Arrays.asList(5L, null, 0L, false)), misfits(2));
    acknowledge(5);
    assertEquals(List.of(List.of(5L, "Anna", 0L, true)), misfits(2));
    assertEquals(List.of("acknowledged"), column(auditor, RESULT));
    assertEquals(List.of(0L, 1L), column(auditor, ACKNOWLEDGED));
    assertEquals(List.of(List.of(3L, 0L)), rows(auditor, "call audit.verify_all()"));
  }

  /** A finding from before version 19 does not say whether there were others. */
  @Test
  void whereNobodyCountedOnlyAnEarlierAcknowledgementTells() {
    run(superuser, "alter table tidemark.verification_misfit disable trigger user");
    run(auditor, "call audit.verify_all()");
    run(superuser, "update tidemark.verification_misfit set others = null");
    acknowledge(3);
    run(auditor, "call audit.verify_all()");
    run(superuser, "update tidemark.verification_misfit set others = null");

    assertEquals(List.of(0L, 1L), column(auditor, ACKNOWLEDGED));
  }

  @Test
  void anotherChangeInTheSamePlaceIsFound() {
    acknowledge(3);
    change(3, "'{\"x\":2}'");
    assertEquals(3L, misfit());

    change(3, "'{\"x\":1}'");
    assertEquals(null, misfit());
    run(superuser, "update tidemark.event set chain_hash = sha256('x') where cursor = 3");
    assertEquals(3L, misfit());
  }

  @Test
  void aMissingEventIsAcknowledgedToo() {
    run(superuser, "delete from tidemark.event where cursor in (3, 4)");
    acknowledge(3);
    assertEquals(null, misfit());

    run(superuser, "delete from tidemark.event where cursor = 5");
    assertEquals(3L, misfit());
    acknowledge(3);
    run(superuser, "delete from tidemark.event where cursor = 6");
    assertEquals(3L, misfit());
    acknowledge(3);
    assertEquals(null, misfit());
  }

  @Test
  void whereAllFitsThereIsNothingToAcknowledge() {
    SqlFailure failure = assertThrows(SqlFailure.class, () -> acknowledge(4));
    assertTrue(failure.getMessage().contains("fits its chain at cursor 4"), failure.getMessage());
    assertTrue(failure.getMessage().contains("It does not fit at 3."), failure.getMessage());
    acknowledge(3);
    failure = assertThrows(SqlFailure.class, () -> acknowledge(3));
    assertTrue(failure.getMessage().contains("acknowledged already"), failure.getMessage());
    assertThrows(
        SqlFailure.class,
        () -> run(superuser, "select tidemark.acknowledge_misfit('s-1', 3, 'Anna', ' ')"));
    assertThrows(
        SqlFailure.class, () -> run(superuser, "delete from tidemark.chain_acknowledgement"));
  }

  private void change(int cursor, String payload) {
    run(superuser, "update tidemark.event set payload = " + payload + " where cursor = " + cursor);
  }

  private void acknowledge(int cursor) {
    run(superuser, "select tidemark.acknowledge_misfit('s-1', ?, 'Anna', 'ticket 9')", cursor);
  }

  private List<List<Object>> misfits(long verification) {
    return rows(
        auditor,
        """
        select cursor, acknowledged_by, others, acknowledged
          from audit.verification_misfits where verification_id = ?""",
        verification);
  }

  private Object misfit() {
    return one(auditor, "select audit.verify_session('s-1')");
  }
}
