package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.database.SchemaDatabase;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What gives somebody more rights later, or elsewhere, is a change too. */
class PrivilegeHistoryIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");

  @BeforeEach
  void aLookBeforeTheChange() {
    run(SUPERUSER, "create role mallory");
    run(SUPERUSER, "select tidemark.note_privileges()");
  }

  @AfterEach
  void noMallory() {
    run(SUPERUSER, "drop owned by mallory");
    run(SUPERUSER, "drop role mallory");
  }

  @Test
  void aGrantOnWhatIsMadeLater() {
    run(
        SUPERUSER,
        "alter default privileges for role tidemark_owner in schema tidemark grant select on tables to mallory");

    assertEquals(
        List.of(
            List.of(
                "granted",
                "default",
                "tables of tidemark_owner in tidemark",
                "mallory",
                "select",
                "tidemark_owner")),
        changes());
  }

  @Test
  void functionsThatEverybodyMayRunAgain() {
    run(
        SUPERUSER,
        "alter default privileges for role tidemark_owner grant execute on functions to public");
    try {
      assertEquals(
          List.of(
              List.of(
                  "granted",
                  "default",
                  "functions of tidemark_owner",
                  "public",
                  "execute",
                  "tidemark_owner")),
          changes());
    } finally {
      run(
          SUPERUSER,
          "alter default privileges for role tidemark_owner revoke execute on functions from public");
    }
  }

  @Test
  void aParameterOfTheServer() {
    run(SUPERUSER, "grant set on parameter log_statement to mallory");

    assertEquals(
        List.of(List.of("granted", "parameter", "log_statement", "mallory", "set", "postgres")),
        changes());
  }

  @Test
  void aSettingOfTheDatabaseAndOneOfARole() {
    String name = DATABASE.name();
    run(SUPERUSER, "alter database " + name + " set log_statement = 'none'");
    run(SUPERUSER, "alter role mallory in database " + name + " set search_path = 'mine'");

    assertEquals(
        List.of(
            Arrays.asList("granted", "setting", name, "mallory", "search_path=mine", null),
            Arrays.asList("granted", "setting", name, "public", "log_statement=none", null)),
        changes());
    run(SUPERUSER, "alter database " + name + " reset log_statement");
  }

  @Test
  void aFunctionOfPostgresThatWasTakenFromAll() {
    run(SUPERUSER, "grant execute on function lo_create(oid) to mallory");

    assertEquals(
        List.of(
            List.of(
                "granted",
                "function",
                "pg_catalog.lo_create(oid)",
                "mallory",
                "execute",
                "postgres")),
        changes());
  }

  private static List<List<Object>> changes() {
    Object before = one(SUPERUSER, "select max(record_id) from audit.privilege_history");
    run(SUPERUSER, "select tidemark.note_privileges()");
    return rows(
        SUPERUSER,
        """
        select change, kind, object, role, privilege, granted_by from audit.privilege_history
         where record_id > ? order by record_id""",
        before);
  }
}
