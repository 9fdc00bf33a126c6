package dev.tidemark.tools.fill;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows the progress, its speed and the time left: one line that changes on a terminal, a line
 * every tenth elsewhere.
 */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final long total;
  private final long began = System.nanoTime();
  private long done;
  private long drawn;
  private long tenths;

  /**
   * @param terminal whether a carriage return allows the line to be overwritten
   * @param total number of events to be done
   */
  ProgressBar(PrintStream out, boolean terminal, long total) {
    this.out = out;
    this.terminal = terminal;
    this.total = total;
  }

  synchronized void add(long more) {
    done += more;
    long now = System.nanoTime();
    if (terminal && now - drawn > REDRAW_NANOS) {
      drawn = now;
      out.print("\r" + line(now - began));
      out.flush();
    } else if (!terminal && done * 10 / total > tenths && done < total) {
      tenths = done * 10 / total;
      out.println(line(now - began));
    }
  }

  synchronized void end() {
    out.println((terminal ? "\r" : "") + line(System.nanoTime() - began));
  }

  /** The line after {@code nanos} nanoseconds. */
  String line(long nanos) {
    double part = Math.min(1, (double) done / total);
    double seconds = Math.max(nanos / 1e9, 1e-3);
    int full = (int) (part * WIDTH);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%  %,d events  %,.0f a second  %s",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        part * 100,
        done,
        done / seconds,
        done >= total
            ? String.format(Locale.ROOT, "%.0f s in all  ", seconds)
            : done == 0
                ? ""
                : String.format(Locale.ROOT, "%.0f s left  ", seconds / part - seconds));
  }
}
