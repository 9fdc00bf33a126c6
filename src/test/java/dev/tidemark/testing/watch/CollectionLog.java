package dev.tidemark.testing.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The collections of a server's heap, which its JVM writes to a file. */
public final class CollectionLog {
  private static final Pattern PAUSE =
      Pattern.compile("Pause (\\w+).* \\d+M->(\\d+)M\\((\\d+)M\\) ([0-9.]+)ms");

  private final Path file;
  private int read;

  /** The log of a server whose base directory this is. */
  public CollectionLog(Path baseDirectory) {
    file = fileIn(baseDirectory);
  }

  /** The option with which the JVM of a server writes this log. */
  public static String option(Path baseDirectory) {
    return "-Xlog:gc:file=" + fileIn(baseDirectory) + "::filecount=0";
  }

  private static Path fileIn(Path baseDirectory) {
    return baseDirectory.resolve("collections.log");
  }

  /**
   * The collections of some time.
   *
   * @param fullCollections number of collections of the whole heap, each of which stops the node
   * @param stoppedMillis time for which collections stopped the node
   * @param maxBytes most that was in use after a collection, with garbage that it did not look at
   * @param maxLiveBytes most that was in use after a full collection; 0 if there was none
   */
  public record Collections(
      long fullCollections, double stoppedMillis, long maxBytes, long maxLiveBytes) {}

  /** The collections since the last look. */
  public Collections sinceLastLook() {
    List<String> lines = lines();
    List<MatchResult> pauses =
        lines.subList(read, lines.size()).stream()
            .flatMap(line -> PAUSE.matcher(line).results())
            .toList();
    read = lines.size();
    List<MatchResult> full =
        pauses.stream().filter(pause -> pause.group(1).equals("Full")).toList();
    return new Collections(
        full.size(),
        pauses.stream().mapToDouble(pause -> Double.parseDouble(pause.group(4))).sum(),
        maxBytes(pauses),
        maxBytes(full));
  }

  private static long maxBytes(List<MatchResult> pauses) {
    return pauses.stream().mapToLong(pause -> Long.parseLong(pause.group(2)) << 20).max().orElse(0);
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
