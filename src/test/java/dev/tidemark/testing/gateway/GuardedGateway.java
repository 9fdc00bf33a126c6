package dev.tidemark.testing.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.tools.run.Directories;
import dev.tidemark.wire.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A gateway behind a proxy, with low limits on clients. The test is the proxy: it names the
 * client's address with each request.
 */
public final class GuardedGateway {
  public static final String ALLOWED = "https://app.example.com";
  public static final int CONNECTIONS = 3;
  public static final int FAILURES = 5;
  public static final int FAILURES_PER_ACCOUNT = 3;
  public static final int LOGOUT_FAILURES = 6;
  public static final int JOINS = 30;
  public static final int MESSAGES = 30;
  public static final int TICKETS = 3;

  /** The name of an account; another account has one character more. */
  public static final String LONGEST_NAME = "n".repeat(Name.MAX_LENGTH);

  /** The name of an account whose password is not its name. */
  public static final String KEEPER = "keeper";

  public static final String KEEPERS_PASSWORD = "correct-horse-battery-staple";

  private static Gateway gateway;

  private GuardedGateway() {}

  public static synchronized Gateway get() {
    if (gateway == null) {
      gateway =
          Gateway.start(
              "guarded",
              Map.of(
                  "tidemark.access.origins",
                  ALLOWED,
                  "tidemark.access.form-targets",
                  "https://sso.example.com",
                  "tidemark.access.connections-per-address",
                  "" + CONNECTIONS,
                  "tidemark.access.failures-per-minute",
                  "" + FAILURES,
                  "tidemark.access.joins-per-minute",
                  "" + JOINS,
                  "tidemark.access.messages-per-minute",
                  "" + MESSAGES,
                  "tidemark.access.tickets-per-principal",
                  "" + TICKETS,
                  "tidemark.access.join-within-millis",
                  "2000",
                  "tidemark.access.record-every-millis",
                  "500",
                  "tidemark.retention.purge-every-millis",
                  "500"),
              node ->
                  node.template(withAccounts())
                      .systemProperty("tidemark.access.trusted-proxies", "127.0.0.1")
                      .systemProperty(
                          "tidemark.access.logout-failures-per-minute", "" + LOGOUT_FAILURES)
                      .systemProperty(
                          "tidemark.access.failures-per-account", "" + FAILURES_PER_ACCOUNT));
      Runtime.getRuntime().addShutdownHook(new Thread(gateway.server()::kill));
    }
    return gateway;
  }

  /** Adds an account of the container with the role {@code user}. */
  private static void addAccount(Path base, String name, String password) throws IOException {
    Path configuration = base.resolve("configuration");
    append(configuration.resolve("tidemark-development-users.properties"), name + "=" + password);
    append(configuration.resolve("tidemark-development-roles.properties"), name + "=user");
  }

  private static void append(Path file, String line) throws IOException {
    Files.writeString(file, "\n" + line + "\n", UTF_8, StandardOpenOption.APPEND);
  }

  private static Path withAccounts() {
    Path base = Directories.forTest("guarded-template");
    Directories.delete(base);
    Directories.copy(Directories.server().resolve("standalone"), base);
    try {
      addAccount(base, LONGEST_NAME, LONGEST_NAME);
      addAccount(base, LONGEST_NAME + "n", LONGEST_NAME + "n");
      addAccount(base, KEEPER, KEEPERS_PASSWORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return base;
  }
}
