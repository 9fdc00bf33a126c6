package dev.tidemark.tools.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Counts a recording's samples by thread pool, innermost method and innermost gateway method. */
final class HotSpots {
  private static final int MAX_LINES = 14;

  private final Map<String, Integer> pools = new HashMap<>();
  private final Map<String, Integer> innermost = new HashMap<>();
  private final Map<String, Integer> ours = new HashMap<>();
  private int samples;
  private int waiting;

  private HotSpots() {}

  static String of(Path recording) throws IOException {
    HotSpots spots = new HotSpots();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        String type = event.getEventType().getName();
        if (event.getStackTrace() != null
            && (type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample"))) {
          spots.add(event);
        }
      }
    }
    return "samples "
        + spots.samples
        + ", and "
        + spots.waiting
        + " that wait for the database"
        + spots.top("by pool", spots.pools)
        + spots.top("by innermost method", spots.innermost)
        + spots.top("by innermost method of the gateway", spots.ours);
  }

  /** Ignores native samples of threads that only wait for input. */
  private void add(RecordedEvent event) {
    List<RecordedFrame> frames = event.getStackTrace().getFrames();
    String top = name(frames.get(0).getMethod());
    if (top.endsWith(".wait") || top.endsWith("EPoll.wait") || top.endsWith(".accept")) {
      return;
    }
    if (top.equals("sun.nio.ch.Net.poll")) { // the database driver waits for a response
      waiting++;
      return;
    }
    samples++;
    String thread =
        event.getThread("sampledThread") == null
            ? "?"
            : String.valueOf(event.getThread("sampledThread").getJavaName());
    pools.merge(thread.replaceAll("[0-9]+", "n"), 1, Integer::sum);
    innermost.merge(top, 1, Integer::sum);
    frames.stream()
        .map(frame -> name(frame.getMethod()))
        .filter(name -> name.startsWith("dev.tidemark"))
        .findFirst()
        .ifPresent(name -> ours.merge(name, 1, Integer::sum));
  }

  private static String name(RecordedMethod method) {
    return method.getType().getName() + "." + method.getName();
  }

  private String top(String title, Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(MAX_LINES)
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "%n  %4.1f %% %s",
                    100.0 * entry.getValue() / samples,
                    entry.getKey()))
        .collect(Collectors.joining("", "\n" + title, ""));
  }
}
