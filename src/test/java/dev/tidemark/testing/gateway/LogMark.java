package dev.tidemark.testing.gateway;

import dev.tidemark.tools.run.WildFlyServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** A place in a server's log, for looking at what is logged from there on. */
public final class LogMark {
  private final WildFlyServer server;
  private final int lines;

  private LogMark(WildFlyServer server, int lines) {
    this.server = server;
    this.lines = lines;
  }

  /** The end of the log as it is now. */
  public static LogMark now(WildFlyServer server) {
    return new LogMark(server, read(server).size());
  }

  /** The beginning of the log. */
  public static LogMark start(WildFlyServer server) {
    return new LogMark(server, 0);
  }

  /** The lines that were logged since. */
  public List<String> since() {
    List<String> all = read(server);
    return all.subList(lines, all.size());
  }

  private static List<String> read(WildFlyServer server) {
    try {
      return Files.readAllLines(server.logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
