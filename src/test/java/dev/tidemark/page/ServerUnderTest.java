package dev.tidemark.page;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.Assumptions;

/**
 * The running server that the browser visits, and the one thing that a browser cannot do to it.
 *
 * <p>Told by system properties: {@code tidemark.url} (the address of the page, ending in a slash),
 * {@code tidemark.db.url}, {@code tidemark.db.user}, {@code tidemark.db.password} (its database, as
 * somebody who may raise a floor).
 */
final class ServerUnderTest {
  private final URI page;

  private ServerUnderTest(URI page) {
    this.page = page;
  }

  static ServerUnderTest orSkip() {
    return new ServerUnderTest(URI.create(propertyOrSkip("tidemark.url")));
  }

  URI page() {
    return page;
  }

  /** Raises the floor of a session, as a DBA would: nothing below {@code cursor} is replayed. */
  void raiseFloor(String sessionId, long cursor) {
    try (Connection database =
            DriverManager.getConnection(
                propertyOrSkip("tidemark.db.url"),
                propertyOrSkip("tidemark.db.user"),
                propertyOrSkip("tidemark.db.password"));
        PreparedStatement raise = database.prepareStatement("select tidemark.raise_floor(?, ?)")) {
      raise.setString(1, sessionId);
      raise.setLong(2, cursor);
      raise.execute();
    } catch (SQLException failure) {
      throw new IllegalStateException("The floor of " + sessionId + " was not raised", failure);
    }
  }

  private static String propertyOrSkip(String name) {
    String value = System.getProperty(name);
    Assumptions.assumeTrue(
        value != null, () -> "needs a running server: -D" + name + " is not set");
    return value;
  }
}
