package dev.tidemark.tools.bench;

import dev.tidemark.tools.fill.DetachedPartition;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jboss.logging.Logger;

/**
 * Fills the log with days of the past, as fast as PostgreSQL can: the server makes the rows, and a
 * partition gets its indexes when its rows are there.
 *
 * <p>The log is as appends would have left it: dense cursors in the order of time, correct heads
 * and times of floors, turns of twenty events with payloads of 200 bytes. Two things differ: chain
 * hashes are zeros, so {@code audit.verify_session} finds that these sessions do not fit, and there
 * are no messages and turns beside the events. Nothing is purged before {@link #purge}.
 */
public final class History {
  private static final Logger LOG = Logger.getLogger(History.class);

  private static final String SESSIONS =
      """
      drop table if exists history_session;
      create temporary table history_session on commit preserve rows as
      with made as (
        insert into tidemark.session (session_id, agent_id, owner, created_at)
        select '%s-' || n, 'echo', 'alice', '%s 00:00:00+00' from generate_series(1, %d) n
        returning session_key, created_at
      ), states as (
        insert into tidemark.session_state (session_key) select session_key from made
      ), heads as (
        insert into tidemark.session_head (session_key, floor_at) select session_key, created_at from made
      )
      select session_key from made order by session_key""";

  /**
   * The lateral reference makes the cursor the outer loop: the sessions' events are interleaved,
   * each session in its own order, as in production.
   */
  private static final String EVENTS =
      """
      insert into tidemark.%s
             (session_key, cursor, event_id, epoch_number, type, source, turn_id, payload, created_at, chain_hash)
      select s.session_key, c.cursor, gen_random_uuid(), c.epoch_number, c.type,
             case c.type when 'message' then 'alice' else 'echo' end,
             case when c.type <> 'message'
                  then (lpad(to_hex(s.session_key), 16, '0') || lpad(to_hex((c.cursor - 1) / 20), 16, '0'))::uuid end,
             c.payload, c.at + s.session_key %% 1000 * interval '1 microsecond', decode(repeat('00', 32), 'hex')
        from (select n as cursor, at, (select max(epoch_number) from tidemark.epoch) as epoch_number,
                     case n %% 20 when 1 then 'message' when 2 then 'turn_started' when 19 then 'response'
                                  when 0 then 'stream_end' else 'token_stream' end as type,
                     ('{"content":"' || repeat('x', 186) || '"}')::json as payload
                from (select ? + i as n, ? + (i - 1) * make_interval(secs => ?) as at
                        from generate_series(1, ?) i) numbered
              offset 0) c
       cross join lateral (select session_key from history_session where c.cursor > 0) s""";

  private static final String HEADS =
      """
      update tidemark.session_head h
         set head_cursor = e.cursor, last_event_at = e.created_at
        from tidemark.%s e
       where e.session_key = h.session_key and e.cursor = ?
         and h.session_key in (select session_key from history_session)""";

  private static final String IS_IN_LOG =
      "select count(*) from pg_inherits where inhparent = 'tidemark.event'::regclass and inhrelid = 'tidemark.%s'::regclass";

  private final Connection superuser;
  private final String name;
  private final int sessions;
  private long head;

  /**
   * Makes the sessions {@code <name>-1}, {@code <name>-2}, …, as of a day.
   *
   * @param superuser connection in autocommit, in use until the last call
   */
  public History(Connection superuser, String name, int sessions, LocalDate createdOn)
      throws SQLException {
    this.superuser = superuser;
    this.name = name;
    this.sessions = sessions;
    execute("set synchronous_commit = off; set maintenance_work_mem = '512MB'");
    execute("select tidemark.observe_epoch('history')");
    execute(SESSIONS.formatted(name, createdOn, sessions));
  }

  /** Fills the log with {@code events} in all, the same number each day, up to this moment. */
  public static History fill(Connection superuser, long events, int days, int sessions)
      throws SQLException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    History history = new History(superuser, "history", sessions, today.minusDays(days - 1L));
    for (int day = days - 1; day >= 0; day--) {
      history.fillDay(today.minusDays(day), events / days);
    }
    return history;
  }

  /** The name of a session, from 1 on. */
  String sessionId(int number) {
    return name + "-" + number;
  }

  /** The cursor of the newest event of each session. */
  long head() {
    return head;
  }

  /** Adds the events of one day, which is later than all days before. */
  public void fillDay(LocalDate day, long events) throws SQLException {
    long began = System.nanoTime();
    long each = Math.max(1, events / sessions);
    String partition = DetachedPartition.nameOf(day);
    boolean fresh =
        number("select count(*) from pg_class where relname = '" + partition + "'") == 0;
    DetachedPartition detached = fresh ? DetachedPartition.make(superuser, day) : null;
    if (!fresh && number(IS_IN_LOG.formatted(partition)) == 0) {
      throw new IllegalStateException(day + " has left the log; nothing can be added to it.");
    }
    superuser.setAutoCommit(false);
    insert(partition, day, each);
    head += each;
    try (PreparedStatement heads = superuser.prepareStatement(HEADS.formatted(partition))) {
      heads.setLong(1, head);
      heads.executeUpdate();
    }
    if (fresh) {
      detached.attach();
    }
    superuser.commit();
    superuser.setAutoCommit(true);
    execute("vacuum (analyze) tidemark." + partition);
    LOG.infof(
        "%s: %,d events, %,.0f a second, %,d bytes",
        day,
        each * sessions,
        each * sessions / ((System.nanoTime() - began) / 1e9),
        number("select pg_total_relation_size('tidemark." + partition + "')"));
  }

  /** Raises the floors to a replay window and retires the days that no floor needs. */
  public void purge(Duration replayAge) throws SQLException {
    String raise =
        "select coalesce(done_to, 0) from tidemark.raise_floors('history', interval '%d seconds', null, 500, %d)";
    long doneTo = 0;
    do {
      doneTo = number(raise.formatted(replayAge.toSeconds(), doneTo));
    } while (doneTo > 0);
    long retired;
    do {
      retired = number("select count(*) from tidemark.retire_day('history')"); // one day, or busy
    } while (retired > 0);
  }

  private void insert(String partition, LocalDate day, long each) throws SQLException {
    OffsetDateTime start = day.atStartOfDay().atOffset(ZoneOffset.UTC);
    Instant end = start.plusDays(1).toInstant();
    Instant now = Instant.now();
    Duration span = Duration.between(start.toInstant(), now.isBefore(end) ? now : end);
    try (PreparedStatement insert = superuser.prepareStatement(EVENTS.formatted(partition))) {
      insert.setLong(1, head);
      insert.setObject(2, start);
      insert.setDouble(3, span.toMillis() / 1e3 / each);
      insert.setLong(4, each);
      insert.executeUpdate();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = superuser.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Fills a log; the arguments are a superuser's JDBC URL, events, days and sessions. */
  public static void main(String[] arguments) throws SQLException {
    try (Connection superuser = DriverManager.getConnection(arguments[0])) {
      fill(
              superuser,
              Long.parseLong(arguments[1]),
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]))
          .purge(Duration.ofDays(7));
    }
  }
}
