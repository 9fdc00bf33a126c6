package dev.tidemark.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** Reads the retention policies in force. */
final class PolicySql {
  /** Takes each limit from the most specific policy that sets it, like the view session_rule. */
  private static final String REPLAY_WINDOW =
      """
      with asked as (
        select p.* from tidemark.policy_in_force p
         where coalesce(p.tenant = ?, true) and coalesce(p.agent_id = ?, true))
      select (select (extract(epoch from replay_age) * 1000)::bigint from asked where replay_age is not null
               order by tenant is null, agent_id is null limit 1),
             (select replay_events from asked where replay_events is not null
               order by tenant is null, agent_id is null limit 1)""";

  private PolicySql() {}

  /**
   * The replay window of a tenant's sessions with one agent.
   *
   * @param otherwise limits where no policy sets one
   */
  static ReplayWindow replayWindow(
      Connection connection, String tenant, String agentId, ReplayWindow otherwise)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(REPLAY_WINDOW)) {
      select.setString(1, tenant);
      select.setString(2, agentId);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        Long ageMillis = row.getObject(1, Long.class);
        Long events = row.getObject(2, Long.class);
        return new ReplayWindow(
            ageMillis == null ? otherwise.age() : Duration.ofMillis(ageMillis),
            events == null ? otherwise.events() : events);
      }
    }
  }
}
