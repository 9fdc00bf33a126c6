package dev.tidemark.testing.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.tools.run.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** More accounts for a server than development has. */
public final class MoreAccounts {
  private MoreAccounts() {}

  /**
   * Makes a template of a server with these accounts too; they have the role {@code user}, and the
   * password of each is its name.
   *
   * @param server name of the server that is to be made after it
   */
  public static Path template(String server, List<String> accounts) {
    Path base = Directories.forTest(server + "-template");
    Directories.delete(base);
    Directories.copy(Directories.server().resolve("standalone"), base);
    Path configuration = base.resolve("configuration");
    for (String name : accounts) {
      append(configuration.resolve("tidemark-development-users.properties"), name + "=" + name);
      append(configuration.resolve("tidemark-development-roles.properties"), name + "=user");
    }
    return base;
  }

  private static void append(Path file, String line) {
    try {
      Files.writeString(file, "\n" + line + "\n", UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
