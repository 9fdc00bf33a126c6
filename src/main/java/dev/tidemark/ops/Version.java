package dev.tidemark.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this application, which the build writes into the WAR. */
public final class Version {
  private static final String FILE = "/META-INF/tidemark.properties";

  /**
   * Such as {@code 1.4.0}; of a snapshot with the time of its build, as {@code
   * 1.5.0-SNAPSHOT+20261127T221500Z}, because one snapshot may replace another.
   */
  public static final String TEXT = read();

  private Version() {}

  private static String read() {
    try (InputStream file = Version.class.getResourceAsStream(FILE)) {
      Properties build = new Properties();
      build.load(file);
      String version = build.getProperty("version");
      return version.endsWith("-SNAPSHOT") ? version + "+" + build.getProperty("built") : version;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
