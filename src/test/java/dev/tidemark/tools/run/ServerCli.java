package dev.tidemark.tools.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The command line of a running server. */
public final class ServerCli {
  private ServerCli() {}

  /** Gives commands, separated by commas, and waits for the last reply; a failed one throws. */
  public static void run(WildFlyServer server, String commands) {
    try {
      Process cli =
          new ProcessBuilder(
                  Directories.server().resolve("bin/jboss-cli.sh").toString(),
                  "--connect",
                  "--controller=127.0.0.1:" + server.managementPort(),
                  "--commands=" + commands)
              .redirectErrorStream(true)
              .start();
      String said = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (cli.waitFor() != 0) {
        throw new IllegalStateException(commands + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
