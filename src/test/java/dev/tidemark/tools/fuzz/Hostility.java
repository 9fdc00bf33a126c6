package dev.tidemark.tools.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Sends the frames and the calls of a fuzz, some clients at a time. */
final class Hostility {
  /** Frames that follow each other on one client, and are made again together. */
  static final int FRAMES_OF_A_CLIENT = 32;

  private static final int CALLS_OF_A_CLIENT = 8;
  private static final int CALLERS = 2;

  private final InetSocketAddress server;
  private final FuzzOptions options;
  private final Tallies tallies;
  private final Faults faults;
  private final Progress progress;
  private final FrameGenerator frameGenerator;
  private final CallGenerator callGenerator;

  private interface Work {
    void run(long from, long until) throws IOException;
  }

  Hostility(
      InetSocketAddress server,
      FuzzOptions options,
      Tallies tallies,
      Faults faults,
      Progress progress) {
    this.server = server;
    this.options = options;
    this.tallies = tallies;
    this.faults = faults;
    this.progress = progress;
    frameGenerator = new FrameGenerator(options.seed(), FuzzedNode.MAX_PAYLOAD_BYTES);
    callGenerator = new CallGenerator(options.seed());
  }

  /** Sends frames and calls from some numbers on, all that there are to be, and returns then. */
  void send(long frameFrom, long frames, long callFrom, long calls) throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool();
    share(threads, options.clients(), "frame", frameFrom, frames, FRAMES_OF_A_CLIENT, this::frames);
    share(threads, CALLERS, "call", callFrom, calls, CALLS_OF_A_CLIENT, this::calls);
    threads.shutdown();
    while (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
      progress.show();
    }
  }

  private void share(
      ExecutorService threads,
      int workers,
      String counted,
      long from,
      long count,
      int part,
      Work work) {
    AtomicLong next = new AtomicLong(from);
    long end = from + count;
    List<Runnable> shares = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      shares.add(
          () -> {
            for (long own = next.getAndAdd(part); own < end; own = next.getAndAdd(part)) {
              long until = Math.min(end, own + part);
              run(counted, own, until, work);
              progress.add(counted, until - own);
            }
          });
    }
    shares.forEach(threads::execute);
  }

  private void run(String counted, long from, long until, Work work) {
    try {
      work.run(from, until);
    } catch (IOException | RuntimeException | AssertionError e) {
      faults.add(counted, from, "(or up to %d) %s".formatted(until - 1, e));
    }
  }

  private void frames(long from, long until) throws IOException {
    new HostileClient(server, options.seed(), frameGenerator, tallies).send(from, until);
  }

  private void calls(long from, long until) throws IOException {
    HostileCaller caller = new HostileCaller(server, callGenerator, tallies);
    for (long number = from; number < until; number++) {
      caller.call(number);
    }
  }
}
