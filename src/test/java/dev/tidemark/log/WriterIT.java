package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A writer at work on a database, in the test's own thread. */
final class WriterIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  private final Connection connection = DATABASE.as("postgres");
  private final List<Runnable> begun = new ArrayList<>();

  /** All four come into one batch, which is split because of the third. */
  @Test
  void aSessionThatIsFreedBetweenTheHalvesOfABatchKeepsItsOrder() throws Exception {
    long held = newSession();
    Connection holder = DATABASE.as("postgres");
    holder.setAutoCommit(false);
    try (var hold = holder.createStatement()) {
      hold.execute("select from tidemark.session_head where session_key = " + held + " for update");
    }
    List<Append> meanwhile = new ArrayList<>();
    Writer[] writer = new Writer[1];
    writer[0] =
        writer(
            new Source(),
            () -> {
              rollback(holder);
              meanwhile.forEach(writer[0]::append);
              meanwhile.clear();
            });
    Append first = append(held, "{}");
    Append whoseCommitFreesIt = append(newSession(), "{}");
    Append refused = append(newSession(), "not json");
    Append second = append(held, "{}");
    Append third = append(held, "{}");
    meanwhile.add(third);
    List.of(first, whoseCommitFreesIt, refused, second).forEach(writer[0]::append);
    begun.get(0).run();

    assertEquals(1, SentAppend.cursor(first));
    assertEquals(2, SentAppend.cursor(second));
    assertEquals(3, SentAppend.cursor(third));
    assertInstanceOf(
        LogFailedException.class,
        assertThrows(ExecutionException.class, () -> SentAppend.cursor(refused)).getCause());
  }

  /** The writer has counted itself out, so an append that comes now is the next writer's. */
  @Test
  void aConnectionThatCannotBeClosedTakesNothingFromTheNextWriter() throws Exception {
    List<Append> late = new ArrayList<>(List.of(append(newSession(), "{}")));
    List<Append> taken = List.copyOf(late);
    Writer[] writer = new Writer[1];
    DataSource failing =
        new Source() {
          @Override
          public Connection getConnection() {
            return failingToClose(
                super.getConnection(),
                () -> {
                  late.forEach(writer[0]::append);
                  late.clear();
                });
          }
        };
    writer[0] = writer(failing, () -> {});
    writer[0].append(append(newSession(), "{}"));
    begun.get(0).run();
    begun.get(1).run();
    assertEquals(1, SentAppend.cursor(taken.get(0)));
  }

  /** A restore to before an epoch began gives the next epoch its number, but a line of its own. */
  @Test
  void whatIsKnownOfAnEpochIsNotTakenForTheNextOneOfTheSameNumber() throws Exception {
    long session = newSession();
    Append second = append(session, "{}");
    List<String> epochs = new ArrayList<>();
    Writer[] writer = new Writer[1];
    writer[0] =
        announcingWriter(
            new Source(),
            appended -> {
              epochs.add(appended.position().epoch());
              if (epochs.size() == 1) {
                execute(
                    "update tidemark.epoch set epoch_id = gen_random_uuid() where epoch_number = (select max(epoch_number) from tidemark.epoch)");
                writer[0].append(second);
              }
            });
    writer[0].append(append(session, "{}"));
    begun.get(0).run();

    assertEquals(2, SentAppend.cursor(second));
    assertNotEquals(epochs.get(0), epochs.get(1));
  }

  /** Like a client's message, the append is judged before a statement that may commit is sent. */
  @Test
  void aConnectionThatDiedWhileTheWriterLingeredIsReplacedAndNobodyHearsOfIt() throws Exception {
    long session = newSession();
    Append second =
        new Append(
            session, session, List.of(Draft.of("message", "alice", "{}")), 100, WriterIT::go, 1);
    CountedSource source = new CountedSource();
    Writer[] writer = new Writer[1];
    writer[0] =
        writer(
            source,
            () -> {
              if (source.given == 1) {
                source.terminateLast();
                writer[0].append(second);
              }
            });
    writer[0].append(append(session, "{}"));
    begun.get(0).run();

    assertEquals(2, SentAppend.cursor(second));
    assertEquals(2, source.given);
  }

  @Test
  void aConnectionThatDiesOnceMoreFailsTheAppend() {
    Append second = append(newSession(), "{}");
    CountedSource source =
        new CountedSource() {
          @Override
          public Connection getConnection() {
            Connection connection = super.getConnection();
            if (given > 1) {
              terminateLast();
            }
            return connection;
          }
        };
    Writer[] writer = new Writer[1];
    writer[0] =
        writer(
            source,
            () -> {
              source.terminateLast();
              writer[0].append(second);
            });
    writer[0].append(append(newSession(), "{}"));
    begun.get(0).run();

    assertFailed(second);
    assertEquals(3, source.given, "the last one is for what came next, had there been anything");
  }

  /** The append may have been committed; the writer cannot know. */
  @Test
  void anAppendWhoseConnectionDiesOnceItWasSentIsNotSentAgain() throws Exception {
    Append second = append(newSession(), "{}");
    CountedSource source = new CountedSource();
    Writer[] writer = new Writer[1];
    writer[0] =
        writer(
            source,
            () -> {
              execute(
                  """
                  create function die() returns trigger language plpgsql security definer as
                    'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
                  create trigger die before insert on tidemark.event execute function die()""");
              writer[0].append(second);
            });
    writer[0].append(append(newSession(), "{}"));
    begun.get(0).run();
    execute("drop trigger die on tidemark.event; drop function die()");

    assertFailed(second);
    assertEquals(2, source.given);
  }

  private static void assertFailed(Append append) {
    Throwable why =
        assertThrows(ExecutionException.class, () -> SentAppend.cursor(append)).getCause();
    assertInstanceOf(LogFailedException.class, why);
    assertTrue(StorageFailure.isTransient(why));
  }

  private void execute(String sql) {
    SchemaDatabase.run(connection, sql);
  }

  private Writer writer(DataSource source, Runnable afterCommit) {
    return announcingWriter(source, appended -> afterCommit.run());
  }

  private Writer announcingWriter(DataSource source, Consumer<Appended> announce) {
    return SentAppend.writer(source, begun::add, announce);
  }

  private long newSession() {
    return new QuickLog(connection).key;
  }

  private static List<AppendParticipant.Verdict> go(Connection asked, List<Integer> subjects) {
    return Collections.nCopies(subjects.size(), AppendParticipant.Verdict.GO);
  }

  private static Append append(long sessionKey, String data) {
    return new Append(
        sessionKey, sessionKey, List.of(Draft.of("message", "alice", data)), 100, null, null);
  }

  private static void rollback(Connection holder) {
    try {
      holder.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A real connection whose {@code close} fails as if the server had gone. */
  private static Connection failingToClose(Connection real, Runnable before) {
    return (Connection)
        Proxy.newProxyInstance(
            WriterIT.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                real.close();
                before.run();
                throw new SQLException("The connection is gone.", "08006");
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /**
   * Counts the connections that it gives, and can end the last one as a restart of the server does.
   */
  private static class CountedSource extends Source {
    private static final long serialVersionUID = 1L;
    int given;
    private int lastPid;

    @Override
    public Connection getConnection() {
      Connection connection = super.getConnection();
      given++;
      lastPid = (Integer) SchemaDatabase.one(connection, "select pg_backend_pid()");
      return connection;
    }

    void terminateLast() {
      assertTrue(
          (Boolean)
              SchemaDatabase.one(
                  DATABASE.as("postgres"), "select pg_terminate_backend(?, 10000)", lastPid));
    }
  }

  private static class Source extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    @Override
    public Connection getConnection() {
      return DATABASE.as("tidemark_app");
    }
  }
}
