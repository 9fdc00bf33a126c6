package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.ResumingClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.gateway.Gateway;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that behave, beside the hostile ones: they talk, are cut off now and then, and come back.
 * Each has to see every event of its session exactly once.
 */
final class GoodClients implements AutoCloseable {
  private static final String ACCOUNT = "bob";
  private static final long STEP_NANOS = Duration.ofMillis(20).toNanos();
  private static final int STEPS_OF_A_MESSAGE = 50;
  private static final int STEPS_OF_A_CONNECTION = 700;
  private static final Duration LAST_WORDS = Duration.ofSeconds(60);

  private final Gateway gateway;
  private final List<ResumingClient> clients;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private volatile boolean ends;
  private Future<?> work;

  private GoodClients(Gateway gateway, String phase) {
    this.gateway = gateway;
    var uri = gateway.server().socketUri("/ws");
    clients =
        List.of(
            ResumingClient.open(uri, ACCOUNT, "good-" + phase + "-0"),
            ResumingClient.open(uri, ACCOUNT, "good-" + phase + "-1", "batch"));
  }

  /** Starts them on sessions of their own. */
  static GoodClients start(Gateway gateway, String phase) {
    GoodClients good = new GoodClients(gateway, phase);
    good.work = good.thread.submit(good::behave);
    return good;
  }

  private void behave() {
    for (int step = 0; !ends; step++) {
      for (ResumingClient client : clients) {
        if (step % STEPS_OF_A_MESSAGE == 0) {
          client.say("still here?", client.sessionId() + "-" + step, 1);
        }
        if (step % STEPS_OF_A_CONNECTION == STEPS_OF_A_CONNECTION - 1) {
          client.cut();
        }
        client.step();
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
    long deadline = System.nanoTime() + LAST_WORDS.toNanos();
    while (!clients.stream().allMatch(this::isDone) && System.nanoTime() < deadline) {
      clients.forEach(ResumingClient::step);
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  private boolean isDone(ResumingClient client) {
    return !client.hasUnacknowledged()
        && client.cursor() == head(client)
        && unfinishedTurns(client) == 0;
  }

  private long head(ResumingClient client) {
    return number(
        "select head_cursor from tidemark.session_head where session_key ="
            + " (select session_key from tidemark.session where session_id = ?)",
        client);
  }

  private long unfinishedTurns(ResumingClient client) {
    return number(
        "select count(*) from tidemark.turn where status in ('queued', 'running') and session_key ="
            + " (select session_key from tidemark.session where session_id = ?)",
        client);
  }

  private long number(String sql, ResumingClient client) {
    return gateway.database().value(Long.class, sql, client.sessionId());
  }

  /** Lets the clients finish, and compares what they have seen with the log. */
  void end(Faults faults) throws InterruptedException {
    ends = true;
    try {
      work.get();
    } catch (java.util.concurrent.ExecutionException e) {
      faults.add("a client that behaves: " + e.getCause());
      return;
    }
    for (ResumingClient client : clients) {
      List<String> seen = client.events().stream().map(event -> event.string("event_id")).toList();
      List<String> log =
          gateway.database().log(client.sessionId()).stream()
              .map(TestDatabase.Logged::eventId)
              .toList();
      if (!seen.equals(log) || !client.resyncs().isEmpty()) {
        faults.add(
            "%s has seen %d of %d events, with the resyncs %s"
                .formatted(client.sessionId(), seen.size(), log.size(), client.resyncs()));
      }
      if (client.hasUnacknowledged() || !eachOnce(client.events(), client.acknowledged())) {
        faults.add(client.sessionId() + " has messages that are not in the log once each");
      }
    }
  }

  private static boolean eachOnce(List<Frame> events, List<String> messageIds) {
    List<String> logged =
        events.stream()
            .filter(event -> event.is("message"))
            .map(event -> event.json().getJsonObject("data").getString("message_id"))
            .toList();
    return new HashSet<>(logged).equals(new HashSet<>(messageIds))
        && logged.size() == messageIds.size();
  }

  @Override
  public void close() {
    ends = true;
    thread.shutdown();
    clients.forEach(ResumingClient::close);
  }
}
