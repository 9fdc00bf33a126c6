package dev.tidemark.tools.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * The options of {@code mvn -Prun}, given with {@code -D}.
 *
 * @param httpPort {@code http.port}, port of the application; 8080
 * @param managementPort {@code management.port}, port of health and metrics; 9990
 * @param databasePort {@code db.port}, port of the embedded PostgreSQL; 15432
 * @param external {@code db.url}, {@code db.user} (tidemark_app) and {@code db.password}: login to
 *     a PostgreSQL to use instead
 * @param data {@code data.directory}, data directory of the embedded PostgreSQL; .data
 * @param server {@code server.directory}, base directory of the server, made anew each time;
 *     target/run
 * @param debugPort {@code server.debug}, port at which the server listens for a debugger; none
 * @param settings {@code tidemark.…}, the application's own settings (docs/configuration.md)
 */
record RunOptions(
    int httpPort,
    int managementPort,
    int databasePort,
    Optional<DatabaseLogin> external,
    Path data,
    Path server,
    OptionalInt debugPort,
    Map<String, String> settings) {

  /** Not settings, but the places of the server and the WAR. */
  private static final Set<String> PLACES = Set.of("tidemark.server", "tidemark.war");

  static RunOptions from(Properties properties) {
    Optional<DatabaseLogin> external =
        Optional.ofNullable(properties.getProperty("db.url"))
            .map(
                url ->
                    new DatabaseLogin(
                        url,
                        properties.getProperty("db.user", "tidemark_app"),
                        properties.getProperty("db.password", "")));
    return new RunOptions(
        port(properties, "http.port", 8080),
        port(properties, "management.port", 9990),
        port(properties, "db.port", 15432),
        external,
        Path.of(properties.getProperty("data.directory", ".data")).toAbsolutePath(),
        Path.of(properties.getProperty("server.directory", "target/run")).toAbsolutePath(),
        properties.containsKey("server.debug")
            ? OptionalInt.of(port(properties, "server.debug", 0))
            : OptionalInt.empty(),
        settings(properties));
  }

  private static Map<String, String> settings(Properties properties) {
    Map<String, String> settings = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith("tidemark.") && !PLACES.contains(name)) {
        settings.put(name, properties.getProperty(name));
      }
    }
    return settings;
  }

  private static int port(Properties properties, String name, int otherwise) {
    String given = properties.getProperty(name, String.valueOf(otherwise));
    try {
      int port = Integer.parseInt(given);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // reported below, as a number that is no port
    }
    throw new StartupException(
        "-D" + name + "=" + given + " is not a port: a number from 1 to 65535.");
  }
}
