package dev.tidemark.tools.bench;

import dev.tidemark.testing.gateway.Readiness;
import dev.tidemark.testing.watch.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Measures the memory of an idle connection that has joined a session of its own. */
final class MemoryCase implements BenchCase {
  private static final int CONNECTIONS = Integer.getInteger("bench.connections", 10_000);
  private static final int WARM = 200;
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Row> rows() {
    return List.of(Row.MEMORY);
  }

  @Override
  public List<Result> run(Bench bench) throws Exception {
    Load load = bench.load();
    Runs heap = new Runs();
    join(bench, "warm", WARM); // loads classes and fills pools
    String process = "";
    for (int run = 1; run <= 3; run++) {
      long before = heapAfterCollection(bench);
      long residentBefore = resident(bench);
      Load.Flow joined = join(bench, "idle", CONNECTIONS);
      long after = heapAfterCollection(bench);
      heap.add(run, (after - before) / (double) CONNECTIONS, joined.share());
      process =
          "Process: %,d kB resident before, %,d kB with %,d connections; heap in use %,d kB of it."
              .formatted(residentBefore, resident(bench), CONNECTIONS, after);
      bench.say(
          "memory: %.1f kB of heap a connection; %s",
          (after - before) / (double) CONNECTIONS, process);
      load.close("idle");
      awaitClosed(bench);
    }
    load.close("warm");
    return List.of(
        Result.of(Row.MEMORY, heap.series("heap a connection", "kB"), heap.share())
            .noting("%s", process));
  }

  private static Load.Flow join(Bench bench, String group, int connections) {
    bench.load().open(group, bench.gateway(), connections);
    return bench
        .load()
        .flow(
            Load.command("send", group)
                .add("texts", Load.texts(List.of(BenchFrames.creatingJoin())))
                .add("patience_seconds", 180)
                .add("caught_up", true));
  }

  /** Waits until closed connections are gone, so that the next run does not count their memory. */
  private static void awaitClosed(Bench bench) {
    Awaitility.await("the end of the closed connections")
        .atMost(Duration.ofMinutes(1))
        .until(() -> Readiness.metric(bench.server(), "tidemark_connections") <= WARM);
  }

  private static long heapAfterCollection(Bench bench) {
    return new ServerProcess(bench.server().process().pid()).heapBytes() / 1024;
  }

  private static long resident(Bench bench) throws IOException {
    Path status = Path.of("/proc", String.valueOf(bench.server().process().pid()), "status");
    Matcher matcher = RESIDENT.matcher(Files.exists(status) ? Files.readString(status) : "");
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
