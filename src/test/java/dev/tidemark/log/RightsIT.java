package dev.tidemark.log;

import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each right that the schema gives to the application, or to the role as which it reads, is missed
 * when it is taken away. The rights come from the catalog: a migration that grants one more needs a
 * line in {@link RightsSql}.
 */
final class RightsIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");

  private static final String GRANTED =
      """
      select format('%s on %s tidemark.%I', lower(privilege_type), case relkind when 'S' then 'sequence' else 'table' end, relname),
             grantee::regrole::text
        from pg_class, aclexplode(relacl)
       where relnamespace = 'tidemark'::regnamespace and grantee in ('tidemark_app'::regrole, 'tidemark_reader'::regrole)
      union all
      select format('update(%s) on table tidemark.%I', string_agg(attname, ',' order by attname), relname), grantee::regrole::text
        from pg_class join pg_attribute on attrelid = pg_class.oid, aclexplode(attacl)
       where relnamespace = 'tidemark'::regnamespace
       group by relname, grantee
      union all
      select format('execute on function %s', pg_proc.oid::regprocedure), grantee::regrole::text
        from pg_proc, aclexplode(proacl)
       where pronamespace = 'tidemark'::regnamespace
         and grantee = 'tidemark_app'::regrole
       order by 1, 2""";

  @Test
  void eachRightThatIsTakenAwayIsMissedAndTheStatementGivesItBack() throws SQLException {
    List<List<Object>> granted = rows(SUPERUSER, GRANTED);
    assertTrue(granted.size() > 70, () -> granted.size() + " rights");
    assertEquals(Optional.empty(), RightsSql.missing(APP));
    for (List<Object> right : granted) {
      run(SUPERUSER, "revoke %s from %s".formatted(right.toArray()));
      String mends = "grant %s to %s".formatted(right.toArray());
      assertEquals(Optional.of(mends), RightsSql.missing(APP));
      run(SUPERUSER, mends);
    }
    assertEquals(Optional.empty(), RightsSql.missing(APP));
  }

  @Test
  void theRoleAsWhichTheApplicationReadsIsMissedToo() throws SQLException {
    run(SUPERUSER, "revoke tidemark_reader from tidemark_app");
    try {
      assertEquals(Optional.of("grant tidemark_reader to tidemark_app"), RightsSql.missing(APP));
    } finally {
      run(SUPERUSER, "grant tidemark_reader to tidemark_app with inherit false, set true");
    }
  }
}
