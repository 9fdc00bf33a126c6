package dev.tidemark.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.access.limit.Quota;
import dev.tidemark.access.limit.QuotaExceededException;
import dev.tidemark.wire.Problem;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
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

  @Test
  void nothingIsToldOfWhatIsBehindAFailure() {
    assertEquals(
        new Problem(500, "internal", "The gateway failed."),
        ProblemMapper.problem(new IllegalStateException("secret")));
  }
}
