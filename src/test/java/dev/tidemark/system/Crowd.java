package dev.tidemark.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemark.testing.client.Frame;
import dev.tidemark.testing.client.ResumingClient;
import dev.tidemark.testing.client.ResumingClient.Connector;
import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.database.TestDatabase;
import dev.tidemark.testing.database.TestDatabase.Logged;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Clients that talk, lose their connections and come back at random, all by one seed; two in each
 * session. Their events are compared with the log at the end. Not thread-safe.
 */
final class Crowd implements AutoCloseable {
  private static final int CLIENTS_PER_SESSION = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<String> TERMINAL =
      Set.of("response", "turn_failed", "aborted", "turn_interrupted");

  private final Random random;
  private List<URI> addresses;
  private final List<ResumingClient> clients = new ArrayList<>();
  private int said;

  Crowd(Random random, int sessions, URI... addresses) {
    this(random, sessions, uri -> WireClient.connect(uri, "alice"), addresses);
  }

  Crowd(Random random, int sessions, Connector connector, URI... addresses) {
    this.random = random;
    this.addresses = List.of(addresses);
    for (int i = 0; i < sessions; i++) {
      String sessionId = "crowd-" + UUID.randomUUID();
      for (int client = 0; client < CLIENTS_PER_SESSION; client++) {
        clients.add(ResumingClient.open(anyAddress(), connector, sessionId));
      }
    }
  }

  private URI anyAddress() {
    return addresses.get(random.nextInt(addresses.size()));
  }

  /** Directs clients that lose their connection from now on to these addresses. */
  void moveTo(URI... to) {
    addresses = List.of(to);
    clients.forEach(client -> client.comeBackTo(anyAddress()));
  }

  /** Lets the clients talk and lose connections until the condition holds. */
  void talkUntil(String what, BooleanSupplier condition) {
    step(
        what,
        () -> {
          clients.forEach(this::maybeAct);
          return condition.getAsBoolean();
        });
  }

  /** Lets the clients talk until {@code more} more of their messages were acknowledged. */
  void talkUntilAcknowledged(int more) {
    int goal = acknowledged() + more;
    talkUntil(more + " more acknowledgements", () -> acknowledged() >= goal);
  }

  /** Lets the clients listen and come back until nothing moves any more. */
  void listenUntilQuiet(TestDatabase database) {
    step("quiet", () -> isQuiet(database));
  }

  private void step(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              clients.forEach(ResumingClient::step);
              return condition.getAsBoolean();
            });
  }

  private void maybeAct(ResumingClient client) {
    int dice = random.nextInt(1_000);
    if (dice < 6) {
      int words = 1 + random.nextInt(12);
      client.say(
          Stream.generate(() -> "w" + random.nextInt(100))
              .limit(words)
              .collect(Collectors.joining(" ")),
          "m-" + ++said,
          random.nextInt(60));
    } else if (dice < 10) {
      client.comeBackTo(anyAddress());
      client.cut();
    }
  }

  private int acknowledged() {
    return clients.stream().mapToInt(client -> client.acknowledged().size()).sum();
  }

  private boolean isQuiet(TestDatabase database) {
    if (clients.stream().anyMatch(ResumingClient::hasUnacknowledged)
        || database.value(
                Long.class,
                "select count(*) from tidemark.turn where status in ('queued', 'running')")
            > 0) {
      return false;
    }
    Map<Object, Object> heads =
        database
            .rows(
                "select session_id, head_cursor from tidemark.session join tidemark.session_head using (session_key)")
            .stream()
            .collect(Collectors.toMap(row -> row.get(0), row -> row.get(1)));
    return clients.stream()
        .allMatch(client -> heads.getOrDefault(client.sessionId(), 0L).equals(client.cursor()));
  }

  /** Each client must hold the log, with every message in it once and every turn ended once. */
  void requireTheLog(TestDatabase database) {
    for (ResumingClient client : clients) {
      List<Logged> log = database.log(client.sessionId());
      assertEquals(List.of(), client.resyncs(), "nothing was purged: no resync was needed");
      assertEquals(
          log.stream()
              .map(event -> event.cursor() + " " + event.eventId() + event.payload())
              .toList(),
          client.events().stream().map(Crowd::asLogged).toList());
      for (String messageId : client.acknowledged()) {
        assertEquals(
            1,
            log.stream()
                .filter(event -> event.type().equals("message"))
                .filter(event -> event.payload().contains("\"message_id\":\"" + messageId + "\""))
                .count(),
            messageId);
      }
    }
    assertEquals(List.of(), turnsThatDidNotEndOnce(database));
    assertEquals(List.of(), messagesWithoutATurn(database));
    assertEquals(List.of(), database.invariantViolations());
  }

  private static String asLogged(Frame event) {
    return event.seq().getAsLong() + " " + event.string("event_id") + event.data();
  }

  private static List<List<Object>> turnsThatDidNotEndOnce(TestDatabase database) {
    return database.rows(
        """
        select t.turn_id, t.status, count(*) filter (where e.type in (%1$s)) as ends,
               count(*) filter (where e.type = 'stream_end') as stream_ends
        from tidemark.turn t left join tidemark.event e on e.session_key = t.session_key and e.turn_id = t.turn_id
        group by t.turn_id, t.status
        having count(*) filter (where e.type in (%1$s)) <> 1 or count(*) filter (where e.type = 'stream_end') <> 1
            or count(*) filter (where e.type = 'turn_started') <> 1
            or max(e.cursor) filter (where e.type <> 'stream_end') > max(e.cursor) filter (where e.type = 'stream_end')
            or t.status in ('queued', 'running')"""
            .formatted(
                TERMINAL.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", "))));
  }

  private static List<List<Object>> messagesWithoutATurn(TestDatabase database) {
    return database.rows(
        """
        select m.session_key, m.message_id from tidemark.message m
        where m.role = 'user' and not exists (
          select 1 from tidemark.turn t
          where t.session_key = m.session_key and t.message_cursor = m.cursor and t.status <> 'failed')""");
  }

  /** Returns the totals for the test's report. */
  String summary() {
    return "%d clients, %d messages acknowledged, %d events held"
        .formatted(
            clients.size(),
            acknowledged(),
            clients.stream().mapToInt(client -> client.events().size()).sum());
  }

  @Override
  public void close() {
    clients.forEach(ResumingClient::close);
  }
}
