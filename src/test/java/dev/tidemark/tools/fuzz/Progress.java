package dev.tidemark.tools.fuzz;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Says every ten seconds how far a fuzz is, and how fast it goes. */
final class Progress {
  private static final long EVERY_NANOS = 10_000_000_000L;

  private final PrintStream terminal;
  private final long began = System.nanoTime();
  private final Map<String, Long> done = new TreeMap<>();
  private long shown = began;

  Progress(PrintStream terminal) {
    this.terminal = terminal;
  }

  synchronized void add(String counted, long more) {
    done.merge(counted, more, Long::sum);
  }

  synchronized void show() {
    long now = System.nanoTime();
    if (now - shown < EVERY_NANOS) {
      return;
    }
    shown = now;
    double seconds = (now - began) / 1e9;
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%4.0f s", seconds));
    done.forEach(
        (counted, count) ->
            line.append(
                String.format(
                    Locale.ROOT, "  %,d %ss (%,.0f a second)", count, counted, count / seconds)));
    terminal.println(line);
  }
}
