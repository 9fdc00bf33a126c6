package dev.tidemark.testing.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server whose task threads, which serve requests, are few enough to be taken by a test. */
public final class FewThreads {
  public static final int THREADS = 8;

  private static final String WORKER = "<worker name=\"default\"";

  private FewThreads() {}

  /** A base directory for it, with a name of its own. */
  public static Path template(String name) {
    Path base = Directories.forTest(name + "-template");
    Directories.delete(base);
    Directories.copy(Directories.server().resolve("standalone"), base);
    Path file = base.resolve("configuration/standalone.xml");
    try {
      String before = Files.readString(file, UTF_8);
      String after =
          before.replace(WORKER, WORKER + " io-threads=\"2\" task-max-threads=\"" + THREADS + "\"");
      if (after.equals(before)) {
        throw new IllegalStateException("There is no " + WORKER + " in " + file);
      }
      Files.writeString(file, after, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return base;
  }
}
