package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.watch.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What a node uses while it has no clients: nothing that hostile clients did may add to it. */
final class NodeUse {
  private static final Duration TO_SETTLE = Duration.ofMinutes(3);
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  /** Caches and compiled code grow for a while; a leak grows with each frame. */
  private static final long MORE_HEAP_BYTES = 24 << 20;

  /** Pools of threads grow to their bounds when there is more to do. */
  private static final long MORE_THREADS = 32;

  private static final long MORE_FILES = 16;

  /** Queries whose number has to be 0 at rest. */
  private static final Map<String, String> AT_REST =
      Map.of(
          "turns that are not ended",
          "select count(*) from tidemark.turn where status in ('queued', 'running')",
          "idle transactions",
          "select count(*) from pg_stat_activity where datname = current_database()"
              + " and state like 'idle in transaction%' and state_change < now() - interval '5 s'",
          "waiting statements",
          "select count(*) from pg_locks where not granted",
          "prepared transactions",
          "select count(*) from pg_prepared_xacts where database = current_database()",
          "tickets that have ended",
          "select count(*) from tidemark.ticket where expires_at < now() - interval '10 s'",
          "sessions whose log is not 1, 2, 3, …",
          """
          select count(*) from tidemark.session_head h
          left join (select session_key, count(*) as events, count(distinct cursor) as cursors, max(cursor) as newest
            from tidemark.event_all group by session_key) e using (session_key)
          where h.head_cursor <> coalesce(e.events, 0) or h.head_cursor <> coalesce(e.cursors, 0)
            or h.head_cursor <> coalesce(e.newest, 0)""",
          "events that are in no turn's order",
          """
          select count(*) from (select turn_id from tidemark.event_all where turn_id is not null group by turn_id
            having count(*) filter (where type = 'turn_started') <> 1 or count(*) filter (where type = 'stream_end') <> 1
              or count(*) filter (where type in ('response', 'aborted', 'turn_failed', 'turn_interrupted')) <> 1
              or max(cursor) filter (where type = 'stream_end') <> max(cursor)) broken""");

  private final Gateway gateway;
  private final ServerProcess process;

  NodeUse(Gateway gateway) {
    this.gateway = gateway;
    process = new ServerProcess(gateway.server().process().pid());
  }

  /** What the process uses at one moment. */
  record Amounts(long heapBytes, long threads, long files, long databaseConnections) {
    @Override
    public String toString() {
      return "%,d kB of heap, %d threads, %d open files, %d connections of the database"
          .formatted(heapBytes >> 10, threads, files, databaseConnections);
    }
  }

  /** Waits until the node is at rest, and looks. */
  Amounts atRest() {
    settle(this::unrest);
    return amounts();
  }

  private Amounts amounts() {
    return new Amounts(
        process.heapBytes(),
        process.threads(),
        process.openFiles().orElse(0),
        count(
            "select count(*) from pg_stat_activity where datname = current_database()"
                + " and usename = 'tidemark_app'"));
  }

  /** What is not as it was, although the node had time to settle; empty if all is well. */
  List<String> leaks(Amounts before) {
    List<String> leaks = new ArrayList<>();
    settle(this::unrest).forEach((what, much) -> leaks.add("%d %s".formatted(much, what)));
    settle(() -> growth(before))
        .forEach((what, much) -> leaks.add("%,d more %s".formatted(much, what)));
    gateway.database().invariantViolations().stream()
        .limit(20)
        .forEach(row -> leaks.add("an invariant is violated: " + row));
    leaks.addAll(gateway.server().troubles());
    return leaks;
  }

  private Map<String, Long> unrest() {
    Map<String, Long> found = new LinkedHashMap<>();
    AT_REST.forEach((what, sql) -> found.put(what, count(sql)));
    found.put("open sockets", (long) gateway.metric("tidemark_connections"));
    found.values().removeIf(much -> much <= 0);
    return found;
  }

  private Map<String, Long> growth(Amounts before) {
    Amounts now = amounts();
    Map<String, Long> more = new LinkedHashMap<>();
    more.put("bytes of heap", now.heapBytes() - before.heapBytes() - MORE_HEAP_BYTES);
    more.put("threads", now.threads() - before.threads() - MORE_THREADS);
    more.put("open files", now.files() - before.files() - MORE_FILES);
    more.values().removeIf(much -> much <= 0);
    return more;
  }

  /** Looks until nothing is found, or until there was time enough. */
  private static Map<String, Long> settle(java.util.function.Supplier<Map<String, Long>> look) {
    long deadline = System.nanoTime() + TO_SETTLE.toNanos();
    Map<String, Long> found = look.get();
    while (!found.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_NANOS);
      found = look.get();
    }
    return found;
  }

  private long count(String sql) {
    return gateway.database().value(Long.class, sql);
  }
}
