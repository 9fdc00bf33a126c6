package dev.tidemark.testing.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Makes the database wait, or refuse, when the gateway reads events of one session: a row policy
 * calls a function of the test. Closing lets all reads pass and removes the policy.
 */
public final class ReadGate implements AutoCloseable {
  private static final String FUNCTION =
      """
      create or replace function public.read_gate(asked bigint) returns boolean
      language plpgsql volatile security definer as $$
      begin
        if asked = %d then
          %s;
        end if;
        return true;
      end $$;""";

  private final TestDatabase database;
  private final long sessionKey;
  private final int lock = System.identityHashCode(this);
  private final Connection holder;

  /** Makes each read of this session's events wait. */
  public ReadGate(TestDatabase database, long sessionKey) throws SQLException {
    this.database = database;
    this.sessionKey = sessionKey;
    holder = database.connect();
    try (var statement = holder.createStatement()) {
      statement.execute("select pg_advisory_lock(" + lock + ")");
    }
    does("perform pg_advisory_xact_lock_shared(" + lock + ")");
    database.execute(
        """
        create policy gate_reads on tidemark.event as restrictive for select using (public.read_gate(session_key))""");
  }

  /** Makes later reads fail, as if an operator cancelled them; waiting reads go on. */
  public void refuse() throws SQLException {
    does("raise exception 'refused by a test' using errcode = 'query_canceled'");
    holder.close(); // ends the session, and with it the lock
  }

  /** Lets all reads pass. */
  public void open() throws SQLException {
    does("null");
    holder.close();
  }

  private void does(String whatHappens) {
    database.execute(FUNCTION.formatted(sessionKey, whatHappens));
  }

  /** Waits until {@code count} reads wait at the gate. */
  public void awaitArrivals(int count) {
    Awaitility.await("reads before the gate")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> arrivals() == count);
  }

  /** The number of reads that wait at the gate. */
  public long arrivals() {
    return database.value(
        Long.class,
        "select count(*) from pg_locks where locktype = 'advisory' and objid = ? and not granted",
        lock);
  }

  @Override
  public void close() throws SQLException {
    holder.close();
    database.execute(
        """
        drop policy gate_reads on tidemark.event;
        drop function public.read_gate(bigint);""");
  }
}
