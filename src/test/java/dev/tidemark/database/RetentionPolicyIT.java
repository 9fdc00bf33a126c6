package dev.tidemark.database;

import static dev.tidemark.testing.database.SchemaDatabase.column;
import static dev.tidemark.testing.database.SchemaDatabase.one;
import static dev.tidemark.testing.database.SchemaDatabase.rows;
import static dev.tidemark.testing.database.SchemaDatabase.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase.SqlFailure;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The retention policies: how long events are kept, and who set that. */
class RetentionPolicyIT {
  private AgedLog aged;
  private Connection superuser;
  private TestLog log;

  @BeforeEach
  void aSessionOfTenantDefaultAndAgentEcho() {
    aged = new AgedLog();
    superuser = aged.superuser;
    log = aged.session("s-1", 5, 3, 2, 0);
  }

  @Test
  void theMostSpecificPolicyThatSaysAnythingDecides() {
    set("replay_age => '6 days'");
    assertEquals(1, floorAfterPurge());
    set("agent_id => 'echo', replay_age => '4 days'");
    assertEquals(2, floorAfterPurge());
    set("tenant => 'default', replay_age => '60 hours'");
    assertEquals(3, floorAfterPurge());
    set("tenant => 'default', agent_id => 'echo', replay_age => '36 hours'");
    assertEquals(4, floorAfterPurge());
  }

  @Test
  void aPolicyForOthersIsNoneForThisSession() {
    set("tenant => 'acme', replay_age => '1 day'");
    set("agent_id => 'other', replay_age => '1 day'");
    set("tenant => 'default', agent_id => 'other', replay_age => '1 day'");

    assertEquals(1, floorAfterPurge());
  }

  @Test
  void aPolicyMayKeepWhatTheSettingsWouldNot() {
    set("tenant => 'default', replay_age => '100 days', replay_events => 3");

    run(aged.app, "select from tidemark.raise_floors('n', '1 day', 1, 100)");

    assertEquals(2, log.floor());
  }

  @Test
  void eachLimitIsLookedForByItself() {
    set("replay_age => '4 days', replay_events => 1");
    set("tenant => 'default', replay_events => 2");

    assertEquals(3, floorAfterPurge());
    assertEquals(
        List.of(Arrays.asList("s-1", 1L, 3L, "{1,2}")),
        rows(
            superuser,
            """
            select session_id, floor_before, floor_after, policies::text from audit.purge_history
             where step = 'floors'
            """));
  }

  @Test
  void theNewestPolicyIsInForceAndOneWithoutALimitWithdraws() {
    set("tenant => 'default', replay_age => '1 day'");
    set("tenant => 'default', replay_age => '4 days'");
    assertEquals(2, floorAfterPurge());
    set("tenant => 'default'");
    assertEquals(2, floorAfterPurge());

    assertEquals(
        List.of("1 false false", "2 false false", "3 false true"),
        column(
            superuser,
            """
            select concat_ws(' ', policy_id, case in_force when true then 'true' else 'false' end,
                             case withdraws when true then 'true' else 'false' end)
              from audit.retention_policies order by policy_id
            """));
  }

  @Test
  void whoSetItWhenAndWhyIsKept() {
    set("tenant => 'default', replay_age => '4 days', history_age => '1 year'");

    assertEquals(
        List.of(Arrays.asList("default", null, "postgres", "the board said so", true, true)),
        rows(
            aged.database.as("tidemark_auditor"),
            """
            select tenant, agent_id, set_by, reason, in_force, set_at between now() - interval '1 hour' and now()
              from audit.retention_policies
            """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          a policy needs a reason                 | ' ', replay_age => '1 day'
          a policy needs a reason                 | null, replay_age => '1 day'
          a limit cannot be negative              | 'x', replay_age => '-1 day'
          a limit cannot be negative              | 'x', replay_events => -1
          a limit cannot be negative              | 'x', history_age => '-1 day'
          an age is at most 1000 years            | 'x', history_age => '1001 years'
          the history (1 day) cannot be shorter   | 'x', history_age => '1 day', replay_age => '2 days'
          null stands for any tenant or agent     | 'x', tenant => '', replay_age => '1 day'
          a policy needs a limit                  | 'x', tenant => 'default'
          """)
  void invalidArgumentsAreRefused(String message, String arguments) {
    SqlFailure refused =
        assertThrows(
            SqlFailure.class,
            () -> run(superuser, "select tidemark.set_retention_policy(" + arguments + ")"));

    assertEquals("22023", refused.state());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          update tidemark.retention_policy set reason = 'another'
          delete from tidemark.retention_policy
          truncate tidemark.retention_policy
          update tidemark.retention_setting set history_end = 'drop'
          delete from tidemark.archive_record
          """)
  void noRecordIsChanged(String sql) {
    set("replay_age => '4 days'");

    assertEquals("55000", assertThrows(SqlFailure.class, () -> run(superuser, sql)).state());
  }

  @Test
  void aDayIsKeptForTheLongestHistoryThatAnybodyHas() {
    assertEquals("400 days", longest());
    set("tenant => 'acme', history_age => '90 days'");
    assertEquals("400 days", longest());
    set("agent_id => 'echo', history_age => '1000 days'");
    assertEquals("1000 days", longest());
  }

  @Test
  void aPolicyForAnybodyStandsForTheSetting() {
    set("history_age => '90 days'");

    assertEquals("90 days", longest());
  }

  @Test
  void theSettingsOfTheApplicationAreNotedWhenTheyChange() {
    String note = "select tidemark.note_retention_settings('n', '7 days', 10, '400 days', ?)";
    run(aged.app, note, "keep");
    run(aged.app, note, "keep");
    run(aged.app, note, "archive");

    assertEquals(
        List.of("keep false", "archive true"),
        column(
            superuser,
            """
            select history_end || ' ' || in_force::text from audit.retention_settings order by setting_id
            """));
  }

  private void set(String arguments) {
    run(
        superuser,
        "select tidemark.set_retention_policy(reason => 'the board said so', " + arguments + ")");
  }

  private long floorAfterPurge() {
    run(aged.app, "select from tidemark.raise_floors('node-1', '100 days', null, 100)");
    return log.floor();
  }

  private Object longest() {
    return one(superuser, "select tidemark.longest_history('400 days')::text");
  }
}
