package dev.tidemark.tools.fuzz;

import dev.tidemark.testing.gateway.Gateway;
import dev.tidemark.testing.watch.Latencies;
import dev.tidemark.testing.watch.Measured;
import dev.tidemark.testing.watch.Operation;
import dev.tidemark.testing.watch.Probe;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A fuzz from start to end: hostile clients on a node of its own, beside two clients that behave
 * and a neighbour who measures. It fails where one of these does, where the gateway answers what it
 * never should, or where the node is not afterwards what it was before.
 */
final class FuzzRun {
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);
  private static final int MAX_REFUSALS = 10;
  private static final double MAX_WAIT_MILLIS = 20_000;

  /**
   * Part of the hostility that is sent before the node is measured first: its pools are full then.
   */
  private static final int WARM_UP_PART = 5;

  private final FuzzOptions options;
  private final PrintStream terminal;
  private final Tallies tallies = new Tallies();
  private final Faults faults;

  FuzzRun(FuzzOptions options, PrintStream terminal) {
    this.options = options;
    this.terminal = terminal;
    faults = new Faults(terminal, options.seed());
  }

  /** Runs it and returns the failures. */
  List<String> run() throws InterruptedException {
    terminal.printf(
        "Seed %d: %,d frames and %,d calls%n", options.seed(), options.frames(), options.calls());
    try (Gateway gateway = FuzzedNode.start()) {
      run(gateway);
    }
    terminal.println(faults.found().size() + " failures");
    return faults.found();
  }

  private void run(Gateway gateway) throws InterruptedException {
    Hostility hostility =
        new Hostility(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.server().httpPort()),
            options,
            tallies,
            faults,
            new Progress(terminal));
    NodeUse use = new NodeUse(gateway);
    long frames = options.frames() / WARM_UP_PART;
    long calls = options.calls() / WARM_UP_PART;
    besideOthers(
        gateway,
        "before",
        () -> hostility.send(options.frameFrom(), frames, options.callFrom(), calls));
    NodeUse.Amounts before = use.atRest();
    terminal.println("Before: " + before);
    besideOthers(
        gateway,
        "after",
        () ->
            hostility.send(
                options.frameFrom() + frames,
                options.frames() - frames,
                options.callFrom() + calls,
                options.calls() - calls));
    use.leaks(before).forEach(faults::add);
    terminal.println("After:  " + use.atRest());
    terminal.println("The gateway's answers: " + tallies);
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void besideOthers(Gateway gateway, String phase, Work hostility)
      throws InterruptedException {
    try (GoodClients good = GoodClients.start(gateway, phase);
        Probe probe = Probe.start(gateway.server(), "carol", PROBE_INTERVAL)) {
      hostility.run();
      judge(probe.sinceLastLook());
      good.end(faults);
    }
  }

  private void judge(Measured measured) {
    for (Operation operation : Operation.values()) {
      Latencies latencies = measured.of(operation);
      terminal.println("A neighbour's " + operation + ": " + latencies);
      if (latencies.count() == 0 || latencies.maxMillis() > MAX_WAIT_MILLIS) {
        faults.add("a neighbour's " + operation + " took too long: " + latencies);
      }
    }
    measured.refusals().stream()
        .limit(MAX_REFUSALS)
        .forEach(refusal -> faults.add("refused to a neighbour: " + refusal));
  }
}
