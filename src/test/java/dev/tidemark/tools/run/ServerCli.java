package dev.tidemark.tools.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * The command line of a running server. It takes seconds to connect, so a test connects first and
 * gives its command at the right moment.
 */
public final class ServerCli implements AutoCloseable {
  private static final String DONE = "tidemark-cli-done";

  private final Process process;
  private final Writer input;
  private final BufferedReader output;

  private ServerCli(Process process) {
    this.process = process;
    input = process.outputWriter();
    output = process.inputReader();
  }

  /** Connects, and waits until the server takes commands. */
  public static ServerCli connect(WildFlyServer server) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
                  Directories.server().resolve("bin/jboss-cli.sh").toString(),
                  "--connect",
                  "--controller=127.0.0.1:" + server.managementPort())
              .redirectErrorStream(true);
      builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1"); // it ends soon
      ServerCli cli = new ServerCli(builder.start());
      cli.run(":whoami");
      return cli;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Gives a command and waits for its reply.
   *
   * @throws IllegalStateException if the command failed
   */
  public void run(String command) {
    StringBuilder said = new StringBuilder();
    try {
      input.write(command + "\necho " + DONE + "\n");
      input.flush();
      for (String line = output.readLine(); !isDone(line); line = output.readLine()) {
        said.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(said.toString(), e);
    }
    if (said.indexOf("\"outcome\" => \"failed\"") >= 0) {
      throw new IllegalStateException(command + ": " + said);
    }
  }

  private static boolean isDone(String line) {
    return line == null || line.strip().equals(DONE);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
