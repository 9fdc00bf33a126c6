package dev.tidemark.tools.fuzz;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The failures that a fuzz has found. Each is printed at once, with the options that make the same
 * frame or call again.
 */
final class Faults {
  private static final int MAX_PRINTED = 100;

  private final PrintStream terminal;
  private final long seed;
  private final List<String> found = new ArrayList<>();

  Faults(PrintStream terminal, long seed) {
    this.terminal = terminal;
    this.seed = seed;
  }

  /** Notes a failure of one connection or call that began with a number. */
  void add(String counted, long from, String what) {
    note(
        "%s %d: %s%n  again: -Dfuzz.seed=%d -Dfuzz.%s.from=%d"
            .formatted(counted, from, what, seed, counted, from));
  }

  /** Notes a failure of the node as a whole. */
  void add(String what) {
    note(what + System.lineSeparator() + "  again: -Dfuzz.seed=" + seed);
  }

  private synchronized void note(String fault) {
    found.add(fault);
    if (found.size() <= MAX_PRINTED) {
      terminal.println("FAULT " + fault);
    }
  }

  synchronized List<String> found() {
    return List.copyOf(found);
  }
}
