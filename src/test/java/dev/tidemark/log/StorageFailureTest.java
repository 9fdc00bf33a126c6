package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.ejb.EJBException;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.RollbackException;
import java.io.EOFException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A failure that may pass by itself is retried, and a mistake is not. */
final class StorageFailureTest {
  @ParameterizedTest
  @CsvSource({
    "08006, true, connection failure",
    "08003, true, connection does not exist",
    "40001, true, serialization failure",
    "40P01, true, deadlock",
    "53300, true, too many connections",
    "57P01, true, administrator's shutdown",
    "57P03, true, cannot connect now",
    "25006, true, a standby",
    "28P01, true, wrong password",
    "28000, true, login refused",
    "3D000, true, no such database",
    "25001, false, active transaction",
    "23505, false, unique violation",
    "42501, false, insufficient privilege",
    "22P05, false, untranslatable character"
  })
  void theSqlStateDecides(String state, boolean isTransient, String meaning) {
    SQLException failure = new SQLException(meaning, state);
    assertEquals(isTransient, StorageFailure.isTransient(failure), meaning);
    assertEquals(
        isTransient,
        StorageFailure.isTransient(new EJBException(new PersistenceException("wrapped", failure))));
  }

  @Test
  void theSqlStateCountsMoreThanWhatCausedIt() {
    SQLException duplicate = new SQLException("duplicate", "23505", new EOFException());
    assertFalse(StorageFailure.isTransient(duplicate));
  }

  @Test
  void aConnectionThatBrokeWithoutAStateMayComeBack() {
    assertTrue(StorageFailure.isTransient(new SQLException("pool is empty")));
    assertTrue(StorageFailure.isTransient(new PersistenceException(new EOFException())));
    assertTrue(StorageFailure.isTransient(new EJBException(new RollbackException("time-out"))));
  }

  @Test
  void aMistakeStaysOne() {
    assertFalse(StorageFailure.isTransient(new IllegalStateException("mistake")));
    assertFalse(StorageFailure.isTransient(new EJBException(new NullPointerException())));
  }
}
