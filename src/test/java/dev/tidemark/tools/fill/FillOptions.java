package dev.tidemark.tools.fill;

import dev.tidemark.tools.run.DatabaseLogin;
import dev.tidemark.tools.run.NumberOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * The options of {@code mvn -Pfill}, given with {@code -D}.
 *
 * @param events {@code fill.events}, minimum number of events; 5000000
 * @param days {@code fill.days}, number of days, the last of which is today; 30
 * @param seed {@code fill.seed}, seed of the month; 2026
 * @param ask {@code fill.ask}, whether to time the questions of docs/audit.md afterwards, and then
 *     stop; false
 * @param external {@code db.url}, {@code db.user} (postgres) and {@code db.password}: a superuser's
 *     login to an empty database with the schema
 * @param data {@code data.directory}, data directory of the PostgreSQL that it starts; .data/filled
 * @param port {@code db.port}, port of that PostgreSQL; 15432
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
        NumberOption.of(properties, "fill.events", 5_000_000, 1, 1_000_000_000),
        (int) NumberOption.of(properties, "fill.days", 30, Month.MIN_DAYS, 400),
        NumberOption.of(properties, "fill.seed", 2026, Long.MIN_VALUE, Long.MAX_VALUE),
        Boolean.parseBoolean(properties.getProperty("fill.ask")),
        Optional.ofNullable(properties.getProperty("db.url"))
            .map(
                url ->
                    new DatabaseLogin(
                        url,
                        properties.getProperty("db.user", "postgres"),
                        properties.getProperty("db.password", ""))),
        Path.of(properties.getProperty("data.directory", ".data/filled")).toAbsolutePath(),
        (int) NumberOption.of(properties, "db.port", 15432, 1, 65535));
  }
}
