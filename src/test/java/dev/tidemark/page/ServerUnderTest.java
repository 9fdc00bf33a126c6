package dev.tidemark.page;

import dev.tidemark.testing.Gateway;
import java.net.URI;

/** The gateway that the browser visits, and the one thing that a browser cannot do to it. */
final class ServerUnderTest {
  private final Gateway gateway = Gateway.shared();

  URI page() {
    return gateway.server().uri("/");
  }

  /** Raises the floor of a session, as a DBA would: nothing below {@code cursor} is replayed. */
  void raiseFloor(String sessionId, long cursor) {
    gateway.database().raiseFloor(sessionId, cursor);
  }
}
