package dev.tidemark.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A later server may have another controller; the application starts all the same. */
final class ServerSuspensionTest {
  @Test
  void anUnknownControllerIsNotJoined() {
    assertEquals(Optional.empty(), ServerSuspension.join(this, new ServerStop()));
  }
}
