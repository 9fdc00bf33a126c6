package dev.tidemark.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.database.SchemaDatabase;
import dev.tidemark.wire.EventFrame;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A writer that errs, or that one account floods, serves the others as before. */
final class WriterErrorsIT {
  private static final SchemaDatabase DATABASE = SchemaDatabase.fresh();

  private final Connection connection = DATABASE.as("postgres");
  private final List<Runnable> begun = new ArrayList<>();

  /** In getting a connection, in any statement, in the commit, in a participant, in a listener. */
  @Test
  void whateverErrsTheWriterGoesOnAndWhatWasAcknowledgedIsThereOnce() throws Exception {
    Random random = new Random(12);
    List<Long> sessions = Stream.generate(this::newSession).limit(4).toList();
    int[] errors = {120};
    Runnable strike =
        () -> {
          if (errors[0] > 0 && random.nextInt(9) == 0) {
            errors[0]--;
            throw new InternalError("of the test");
          }
        };
    DataSource erring =
        new PGSimpleDataSource() {
          private static final long serialVersionUID = 1L;

          @Override
          public Connection getConnection() {
            strike.run();
            return (Connection) erring(DATABASE.as("tidemark_app"), Connection.class, strike);
          }
        };
    AppendParticipant<Integer> participant =
        (asked, subjects) -> {
          strike.run();
          return Collections.nCopies(subjects.size(), AppendParticipant.Verdict.GO);
        };
    Writer writer = writer(erring, appended -> strike.run());
    Map<Long, List<String>> acknowledged = new HashMap<>();
    int unknown = 0;
    for (int round = 0; round < 60; round++) {
      List<Append> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Draft draft = Draft.of("message", "alice", "{}");
        long session = sessions.get(random.nextInt(sessions.size()));
        all.add(new Append(session, "s" + i, List.of(draft), 100, i == 0 ? null : participant, i));
      }
      all.forEach(writer::append);
      List<Runnable> workers = List.copyOf(begun);
      begun.clear();
      workers.forEach(Runnable::run);
      for (Append append : all) {
        assertTrue(append.done().isDone(), "round " + round);
        if (append.done().isCompletedExceptionally()) {
          assertFailed(append);
          unknown++;
        } else {
          EventFrame event = append.done().get().get(0);
          acknowledged
              .computeIfAbsent(append.sessionKey(), key -> new ArrayList<>())
              .add(event.eventId());
        }
      }
      assertEquals(0, writer.waitingEvents());
    }
    assertEquals(0, errors[0], "all errors came");
    assertTrue(unknown > 100, "some hit");
    assertEquals(Set.of(), writer.threads());
    for (long session : sessions) {
      List<Object> log =
          SchemaDatabase.column(
              connection,
              "select event_id::text from tidemark.event where session_key = ? order by cursor",
              session);
      assertEquals(new HashSet<>(log).size(), log.size());
      List<Object> kept = new ArrayList<>(log);
      kept.retainAll(acknowledged.get(session));
      assertEquals(acknowledged.get(session), kept, "all of them, in order");
      assertEquals(
          (long) log.size(),
          SchemaDatabase.one(
              connection, "select max(cursor) from tidemark.event where session_key = ?", session));
    }
  }

  /** A real connection or statement, that errs before or after what it does. */
  private static Object erring(Object real, Class<?> type, Runnable strike) {
    return Proxy.newProxyInstance(
        WriterErrorsIT.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (Set.of("close", "abort").contains(method.getName())) {
            return invoke(real, method, arguments);
          }
          strike.run();
          Object result = invoke(real, method, arguments);
          if (Set.of("commit", "executeUpdate").contains(method.getName())) {
            strike.run();
          }
          return result instanceof PreparedStatement
              ? erring(result, PreparedStatement.class, strike)
              : result;
        });
  }

  private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** One account with many sockets fills its share of the queue; the others are served in turn. */
  @Test
  void whoSendsWithoutEndDelaysAnotherByOneAppendOfABatch() throws Exception {
    Writer writer = writer(source(), appended -> {});
    List<Append> flood = new ArrayList<>();
    assertThrows(
        LogBusyException.class,
        () -> {
          while (true) {
            Append one =
                new Append(
                    newSession(),
                    "mallory",
                    List.of(Draft.of("m", "mallory", "{}")),
                    100,
                    null,
                    null);
            writer.append(one);
            flood.add(one);
          }
        });
    assertEquals(50, flood.size(), "half of the queue");
    Append other =
        new Append(newSession(), "alice", List.of(Draft.of("m", "alice", "{}")), 100, null, null);
    writer.append(other);
    List<Boolean> doneWhenOtherWas = new ArrayList<>();
    var unused =
        other.done().thenRun(() -> flood.forEach(one -> doneWhenOtherWas.add(one.done().isDone())));
    begun.get(0).run();
    assertEquals(1, SentAppend.cursor(other));
    assertTrue(
        doneWhenOtherWas.stream().filter(done -> done).count() < 10, "it is in the first batch");
  }

  private static void assertFailed(Append append) {
    Throwable why = assertThrows(ExecutionException.class, () -> append.done().get()).getCause();
    assertTrue(StorageFailure.isTransient(why), why::toString);
  }

  private Writer writer(DataSource source, Consumer<Appended> announce) {
    return SentAppend.writer(source, begun::add, announce);
  }

  private long newSession() {
    return new QuickLog(connection).key;
  }

  private static DataSource source() {
    return new PGSimpleDataSource() {
      private static final long serialVersionUID = 1L;

      @Override
      public Connection getConnection() {
        return DATABASE.as("tidemark_app");
      }
    };
  }
}
