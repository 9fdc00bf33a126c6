package dev.tidemark.tools.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that is run to its end.
 *
 * @param directory working directory
 * @param environment additions to this process's environment
 * @param patience longest time that the program may take
 */
public record Command(Path directory, Map<String, String> environment, Duration patience) {

  /** Makes a command in this process's directory and environment. */
  public static Command within(Duration patience) {
    return new Command(Path.of("").toAbsolutePath(), Map.of(), patience);
  }

  /**
   * Runs a program.
   *
   * @return output of the program
   * @throws StartupException with the output, on a timeout or an exit status other than 0
   */
  public String run(List<String> command) {
    try {
      // A file, not a pipe: a server that stays in the background would hold a pipe open.
      Path output = Files.createTempFile("tidemark-command", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      String said = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new StartupException(String.join(" ", command) + " failed.\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new StartupException(
          String.join(" ", command) + " cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("Interrupted while waiting for " + command.get(0), e);
    }
  }
}
