package dev.tidemark.testing.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the process of a server uses of its machine. */
public record ServerProcess(long pid) {
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");

  /** Bytes of heap that are in use after two full collections. */
  public long heapBytes() {
    jcmd("GC.run");
    jcmd("GC.run");
    Matcher used = HEAP_USED.matcher(jcmd("GC.heap_info"));
    if (!used.find()) {
      throw new IllegalStateException("GC.heap_info says nothing of what is used.");
    }
    return Long.parseLong(used.group(1)) * 1024;
  }

  /** The number of threads, those of the JVM included. */
  public long threads() {
    return jcmd("Thread.print").lines().filter(line -> line.startsWith("\"")).count();
  }

  /** The number of open files and sockets; empty where the system does not show it. */
  public OptionalLong openFiles() {
    Path descriptors = Path.of("/proc", String.valueOf(pid), "fd");
    if (!Files.isReadable(descriptors)) {
      return OptionalLong.empty();
    }
    try (Stream<Path> open = Files.list(descriptors)) {
      return OptionalLong.of(open.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String jcmd(String command) {
    try {
      return Jcmd.run(pid, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
