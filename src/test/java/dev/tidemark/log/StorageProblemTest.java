package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.ops.NotReady;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers are told of an unusable database, and what operators. */
final class StorageProblemTest {
  private static final String SECRET = "FATAL: secret of tidemark_app at 192.0.2.1:5432";

  @ParameterizedTest
  @CsvSource({
    "28P01, The database refuses the login of this node., TIDEMARK_DB_PASSWORD",
    "28000, The database refuses the login of this node., TIDEMARK_DB_USER",
    "3D000, The database does not exist., TIDEMARK_DB_URL",
    "42501, The database denies this node a right., Grant it",
    "53300, The database has no connection left., max_connections",
    "57P03, The database does not answer., Wait",
    "25006, The database is a standby., primary",
    "08001, The database does not answer., Start it"
  })
  void eachReasonNamesItsRemedyToOperatorsAlone(String state, String message, String remedy) {
    SQLException inThePool =
        new SQLException("no managed connections", new SQLException(SECRET, state));
    NotReady problem = StorageProblem.of(inThePool);
    assertEquals(message, problem.message());
    assertTrue(problem.reason().contains(SECRET), problem.reason());
    assertTrue(problem.reason().contains(remedy), problem.reason());
  }

  @Test
  void theSchemaDecidesByItsVersionAndWhatItIsCompatibleWith() {
    assertEquals(
        "The database has no schema 'tidemark': run db/install.sh.", reason(Optional.empty()));
    assertEquals(
        "The database's schema has version 14, and this application needs 17: run the db/install.sh that came with it.",
        reason(Optional.of(new SchemaSql.Version(14, 8))));
    assertEquals(
        "The database's schema has version 30, for applications built for 18 or newer; this one was built for 17: deploy the newer one.",
        reason(Optional.of(new SchemaSql.Version(30, 18))));
    assertEquals("usable", reason(Optional.of(new SchemaSql.Version(17, 8))));
    assertEquals("usable", reason(Optional.of(new SchemaSql.Version(30, 17))));
  }

  private static String reason(Optional<SchemaSql.Version> schema) {
    return StorageProblem.of(schema, 17).map(NotReady::reason).orElse("usable");
  }
}
