package dev.tidemark.session;

import dev.tidemark.log.ReaderRole;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The statements on {@code session} and the rows created with it. A search first has the database
 * open the sessions that the caller may see.
 */
final class SessionSql {
  private static final String OF =
      "select session_key, access from tidemark.open_sessions_of(?, ?, ?);\n"
          + ReaderRole.ENTER
          + """
          select s.session_key, s.session_id, s.agent_id, s.owner, s.created_at,
            h.last_event_at, h.head_cursor, h.floor_cursor
          from tidemark.session s join tidemark.session_head h using (session_key)
          where s.session_key = any (nullif(current_setting('tidemark.session_keys', true), '')::bigint[])
          order by coalesce(h.last_event_at, s.created_at) desc, s.session_key desc"""
          + ReaderRole.LEAVE;

  private static final String FOR_PRODUCER =
      "select tidemark.open_session_of_tenant(?, ?);\n"
          + ReaderRole.ENTER
          + "select session_key from tidemark.session where tenant = ? and session_id = ?"
          + ReaderRole.LEAVE;

  private static final String COUNT_OF_TENANT =
      "select count(*) from (select from tidemark.session where tenant = ? limit ?) as counted";

  private static final String COUNT_OF_OWNER =
      "select count(*) from (select from tidemark.session where tenant = ? and owner = ? limit ?) as counted";

  private static final String CREATE =
      """
      insert into tidemark.session (session_id, tenant, agent_id, owner) values (:id, :tenant, :agent, :owner)
      on conflict (tenant, session_id) do nothing returning session_key""";

  private static final String CREATE_HEAD =
      """
      insert into tidemark.session_head (session_key, floor_at)
      select session_key, created_at from tidemark.session where session_key = :key""";

  private static final String CREATE_STATE =
      "insert into tidemark.session_state (session_key) values (:key)";

  private static final String SET_STATE =
      """
      update tidemark.session_state
      set state = cast(:state as jsonb), state_cursor = :cursor, updated_at = clock_timestamp()
      where session_key = :key""";

  private SessionSql() {}

  /** Limits how long each statement of the current transaction waits for a lock. */
  static void waitAtMost(EntityManager entities, Duration time) {
    entities.createNativeQuery("set local lock_timeout = " + time.toMillis()).executeUpdate();
  }

  static List<SessionSummary> of(Connection connection, String tenant, String principal, int max)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(OF)) {
      select.setString(1, tenant);
      select.setString(2, principal);
      select.setInt(3, max);
      select.execute();
      Map<Long, Access> accesses = new HashMap<>();
      try (ResultSet row = select.getResultSet()) {
        while (row.next()) {
          accesses.put(row.getLong(1), Access.named(row.getString(2)));
        }
      }
      ReaderRole.next(select);
      List<SessionSummary> sessions = new ArrayList<>(accesses.size());
      try (ResultSet row = ReaderRole.next(select)) {
        while (row.next()) {
          sessions.add(summary(row, accesses.get(row.getLong(1))));
        }
      }
      return sessions;
    }
  }

  private static SessionSummary summary(ResultSet row, Access access) throws SQLException {
    return new SessionSummary(
        row.getString(2),
        row.getString(3),
        row.getString(4),
        access,
        row.getObject(5, OffsetDateTime.class).toInstant(),
        Optional.ofNullable(row.getObject(6, OffsetDateTime.class)).map(OffsetDateTime::toInstant),
        row.getLong(7),
        row.getLong(8));
  }

  static OptionalLong keyForProducer(Connection connection, String tenant, String sessionId)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(FOR_PRODUCER)) {
      for (int index : new int[] {1, 3}) {
        select.setString(index, tenant);
        select.setString(index + 1, sessionId);
      }
      select.execute();
      ReaderRole.next(select);
      try (ResultSet row = ReaderRole.next(select)) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  static int count(Connection connection, String tenant, Optional<String> owner, int max)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(owner.isPresent() ? COUNT_OF_OWNER : COUNT_OF_TENANT)) {
      int parameter = 1;
      select.setString(parameter++, tenant);
      if (owner.isPresent()) {
        select.setString(parameter++, owner.get());
      }
      select.setInt(parameter, max);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /**
   * Makes a session, its head and its state. Two clients may create the same name at once; the
   * unique key decides.
   *
   * @return key of the session; empty if the tenant has a session of that name
   */
  static Optional<Long> create(
      EntityManager entities, String tenant, String sessionId, String agentId, String owner) {
    Optional<Long> created =
        entities
            .unwrap(org.hibernate.Session.class)
            .createNativeQuery(CREATE, Long.class)
            .setParameter("id", sessionId)
            .setParameter("tenant", tenant)
            .setParameter("agent", agentId)
            .setParameter("owner", owner)
            .getResultStream()
            .findFirst();
    created.ifPresent(
        sessionKey -> {
          entities.createNativeQuery(CREATE_HEAD).setParameter("key", sessionKey).executeUpdate();
          entities.createNativeQuery(CREATE_STATE).setParameter("key", sessionKey).executeUpdate();
        });
    return created;
  }

  /**
   * Writes the state of a session.
   *
   * @param state a JSON object
   * @param cursor cursor of the event that changed the state
   */
  static void setState(EntityManager entities, long sessionKey, String state, long cursor) {
    entities
        .createNativeQuery(SET_STATE)
        .setParameter("state", state)
        .setParameter("cursor", cursor)
        .setParameter("key", sessionKey)
        .executeUpdate();
  }
}
