package dev.tidemark.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.log.StorageWatch;
import dev.tidemark.ops.NotReady;
import dev.tidemark.wire.Problem;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The details of a failure that a caller is told, and those that are withheld. */
final class ProblemMapperTest {
  @Test
  void aRefusalIsTold() {
    assertEquals(
        new Problem(404, "no_such_session", "There is no such session."),
        ProblemMapper.problem(ProblemException.noSuchSession()));
  }

  @Test
  void aQuotaSaysWhenToComeBack() {
    assertEquals(
        new Problem(429, "too_many_tickets", "Wait.", 30),
        ProblemMapper.problem(new QuotaExceededException(Quota.TICKETS, "Wait.", 30)));
  }

  @Test
  void aDatabaseThatIsAwayIsNotTheCallersFault() {
    Problem problem =
        ProblemMapper.problem(new PersistenceException(new SQLException("secret host", "08006")));
    assertEquals("503 unavailable", problem.status() + " " + problem.code());
    assertEquals(OptionalLong.of(5), problem.retryAfterSeconds());
    assertEquals("The database does not answer.", problem.message());
  }

  /** The periodic look may not have found yet that the schema is gone. */
  @Test
  void aStatementThatFailsIsADefectOnlyWhereTheDatabaseIsUsable() {
    RuntimeException noTable = new PersistenceException(new SQLException("no table", "42P01"));
    Optional<NotReady> noSchema = Optional.of(new NotReady("No schema.", "secret"));
    assertEquals("503 No schema.", told(noTable, noSchema));
    assertEquals("500 The gateway failed.", told(noTable, Optional.empty()));
    assertEquals("500 The gateway failed.", told(new IllegalStateException("mistake"), noSchema));
  }

  private static String told(RuntimeException failure, Optional<NotReady> found) {
    ProblemMapper mapper = new ProblemMapper();
    mapper.storageWatch =
        new StorageWatch() {
          @Override
          public Optional<NotReady> look() {
            return found;
          }
        };
    Problem problem = mapper.orUnavailable(ProblemMapper.problem(failure), failure);
    return problem.status() + " " + problem.message();
  }

  @Test
  void nothingIsToldOfWhatIsBehindAFailure() {
    assertEquals(
        new Problem(500, "internal", "The gateway failed."),
        ProblemMapper.problem(new IllegalStateException("secret")));
  }
}
