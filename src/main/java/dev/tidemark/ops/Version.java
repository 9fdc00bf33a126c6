package dev.tidemark.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this application, which the build writes into the WAR. */
public final class Version {
  private static final String FILE = "/META-INF/tidemark.properties";

  /** Such as {@code 1.4.0}. */
  public static final String TEXT = read();

  private Version() {}

  private static String read() {
    try (InputStream file = Version.class.getResourceAsStream(FILE)) {
      Properties build = new Properties();
      build.load(file);
      return build.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
