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
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of administrative actions and revocations: content, lifetime and access. */
final class AdministrationIT {
  private static final String CHECK = "23514";
  private static final String UNIQUE = "23505";

  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();
  private static final Connection SUPERUSER = DATABASE.as("postgres");
  private static final Connection APP = DATABASE.as("tidemark_app");
  private static final Connection AUDITOR = DATABASE.as("tidemark_auditor");

  private final String tenant = "tenant-" + UUID.randomUUID();

  @Test
  void theAuditorReadsWhoWasDisconnectedByWhomAndWhy() {
    revoke("alice", "1 day");
    run(
        APP,
        """
        insert into tidemark.revocation (issued_before, in_force_until, provider_session, remote_address, node, logout_issuer, logout_id)
        values (now(), now() - interval '1 second', ?, '192.0.2.1', 'n', 'https://idp', ?)""",
        tenant,
        tenant);
    assertEquals(
        List.of(List.of("alice", "root", "left us", false, true)),
        rows(
            AUDITOR,
            "select principal, revoked_by, why, by_provider, in_force from audit.revocation_history where tenant = ?",
            tenant));
    assertEquals(
        List.of(List.of(true, false)),
        rows(
            AUDITOR,
            "select by_provider, in_force from audit.revocation_history where provider_session = ?",
            tenant));
  }

  @Test
  void theAuditorReadsWhatAdministratorsDid() {
    act("drain");
    assertEquals(
        List.of(List.of("root", "drain", "n", "192.0.2.1", "{\"n\" :1}")),
        rows(
            AUDITOR,
            "select principal, operation, target, remote_address, details::text from audit.admin_history where tenant = ?",
            tenant));
  }

  @Test
  void theAuditorReadsWhichVersionAndSettingsEachNodeHad() {
    for (String start : List.of("0a1b2c3d", "4e5f6a7b")) {
      run(
          APP,
          """
          insert into tidemark.node_record (node, seen_at, record_every, version, schema_version, java_version, server_version, settings)
          values (?, now(), '30 seconds', '1.0.1', 17, '17', 'WildFly', '{"tidemark.turn.attempts":"2"}')""",
          tenant + "/" + start);
    }
    run(
        SUPERUSER,
        "update tidemark.node_record set seen_at = now() - interval '10 days' where node = ?",
        tenant + "/0a1b2c3d");
    assertEquals(
        List.of(List.of(tenant, "1.0.1", 17, "2", false), List.of(tenant, "1.0.1", 17, "2", true)),
        rows(
            AUDITOR,
            """
            select name, version, schema_version, settings ->> 'tidemark.turn.attempts', seen_until > now() - interval '1 day'
              from audit.node_history where name = ? order by seen_until""",
            tenant));
    run(APP, "select tidemark.forget_records('9 days', 100)");
    assertEquals(
        List.of(tenant + "/4e5f6a7b"),
        column(AUDITOR, "select node from audit.node_history where name = ?", tenant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null, null, null, null",
        "'t', 'alice', 's-1', null",
        "null, 'alice', null, null",
        "'t', 'alice', null, 'jti without its issuer'"
      })
  void aRevocationIsOfOneThingAndAPrincipalIsOfATenant(String values) {
    assertEquals(
        CHECK,
        refusal(
            """
            insert into tidemark.revocation (issued_before, in_force_until, remote_address, node, tenant, principal, provider_session, logout_id)
            values (now(), now(), 'a', 'n', %s)"""
                .formatted(values)));
  }

  @Test
  void aLogoutRequestIsTakenOnce() {
    String insert =
        """
        insert into tidemark.revocation (issued_before, in_force_until, remote_address, node, subject, logout_issuer, logout_id)
        values (now(), now(), 'a', 'n', 's', '%s', 'jti')""";
    run(APP, insert.formatted(tenant));
    run(APP, insert.formatted("another-" + tenant));
    assertEquals(UNIQUE, refusal(insert.formatted(tenant)));
  }

  @Test
  void oldRecordsAreRemovedUnlessInForceOrUnderAHold() {
    revoke("ended", "0 days");
    revoke("in force", "100 days");
    act("old");
    run(
        APP,
        "insert into tidemark.session (session_id, agent_id, owner, tenant) values ('s', 'echo', 'ann', ?)",
        "h" + tenant);
    run(
        SUPERUSER,
        "select tidemark.place_hold(null, 'court', 'case 1', tenant => ?)",
        "h" + tenant);
    run(
        APP,
        "insert into tidemark.admin_record (node, tenant, remote_address, operation, target) values ('n', ?, 'a', 'held', 'x')",
        "h" + tenant);
    run(SUPERUSER, "update tidemark.revocation set revoked_at = revoked_at - interval '10 days'");
    run(SUPERUSER, "update tidemark.admin_record set acted_at = acted_at - interval '10 days'");
    act("young");

    assertEquals(0L, one(APP, "select tidemark.forget_admin_records('11 days', 100)"));
    assertTrue((Long) one(APP, "select tidemark.forget_admin_records('9 days', 100)") >= 2);

    assertEquals(
        List.of("in force"),
        column(APP, "select principal from tidemark.revocation where tenant = ?", tenant));
    assertEquals(
        List.of("held", "young"),
        column(
            APP,
            "select operation from tidemark.admin_record where tenant in (?, ?) order by operation",
            tenant,
            "h" + tenant));
  }

  @Test
  void atMostTheLimitIsRemovedAtOnce() {
    for (int i = 0; i < 5; i++) {
      act("many");
    }
    run(
        SUPERUSER,
        "update tidemark.admin_record set acted_at = acted_at - interval '400 days' where tenant = ?",
        tenant);
    one(APP, "select tidemark.forget_admin_records('300 days', 2)");
    assertEquals(
        3L, one(APP, "select count(*) from tidemark.admin_record where tenant = ?", tenant));
  }

  /** A node that stays up during a restore has read revocations up to a number of the lost line. */
  @Test
  void afterARestoreTheNumbersOfRevocationsGoOnPastThoseOfTheLostLine() {
    long before = revoke("before", "1 day");
    run(SUPERUSER, "select tidemark.begin_epoch('restored')");
    assertTrue(revoke("after", "1 day") > before + 1_000_000_000L);
  }

  private long revoke(String principal, String inForce) {
    return (Long)
        one(
            APP,
            """
            insert into tidemark.revocation (issued_before, in_force_until, tenant, principal, why, revoked_by, remote_address, node)
            values (now(), now() + ?::interval, ?, ?, 'left us', 'root', '192.0.2.1', 'n') returning revocation_id""",
            inForce,
            tenant,
            principal);
  }

  private void act(String operation) {
    run(
        APP,
        """
        insert into tidemark.admin_record (node, principal, tenant, remote_address, operation, target, details)
        values ('n', 'root', ?, '192.0.2.1', ?, 'n', '{"n" :1}')""",
        tenant,
        operation);
  }

  private static String refusal(String sql) {
    return assertThrows(SqlFailure.class, () -> run(APP, sql)).state();
  }
}
