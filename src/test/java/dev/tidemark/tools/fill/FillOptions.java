package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What {@code mvn -Pfill} can be told with {@code -D}.
 *
 * @param events {@code fill.events}, how many at least; 5000000
 * @param days {@code fill.days}, the last of which is today; 30
 * @param seed {@code fill.seed}, which makes the same month each time; 2026
 * @param ask {@code fill.ask}, whether to ask the questions of docs/audit.md afterwards, with a
 *     watch, and then stop; false
 * @param external {@code db.url}, {@code db.user} (postgres) and {@code db.password}: an empty
 *     database with the schema, and a superuser
 * @param data {@code data.directory}, where the PostgreSQL that it starts keeps its data;
 *     .data/filled
 * @param port {@code db.port}, of that PostgreSQL; 15432
 */
record FillOptions(
    long events,
    int days,
    long seed,
    boolean ask,
    Optional<DatabaseLogin> external,
    Path data,
    int port) {

  static FillOptions from(Properties properties) {
    return new FillOptions(
        number(properties, "fill.events", 5_000_000, 1, 1_000_000_000),
        (int) number(properties, "fill.days", 30, Month.LEAST_DAYS, 400),
        number(properties, "fill.seed", 2026, Long.MIN_VALUE, Long.MAX_VALUE),
        Boolean.parseBoolean(properties.getProperty("fill.ask")),
        Optional.ofNullable(properties.getProperty("db.url"))
            .map(
                url ->
                    new DatabaseLogin(
                        url,
                        properties.getProperty("db.user", "postgres"),
                        properties.getProperty("db.password", ""))),
        Path.of(properties.getProperty("data.directory", ".data/filled")).toAbsolutePath(),
        (int) number(properties, "db.port", 15432, 1, 65535));
  }

  private static long number(
      Properties properties, String name, long otherwise, long min, long max) {
    String given = properties.getProperty(name, String.valueOf(otherwise));
    try {
      long number = Long.parseLong(given);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, as a number that is none
    }
    throw new IllegalArgumentException(
        "-D%s=%s must be a whole number from %d to %d.".formatted(name, given, min, max));
  }
}
