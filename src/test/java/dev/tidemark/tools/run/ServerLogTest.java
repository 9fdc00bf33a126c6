package dev.tidemark.tools.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServerLogTest {

  private final ServerLog refused =
      new ServerLog(
          List.of(
              "ERROR WFLYCTL0013: Operation failed: {\"services\" => \"jboss.Purge\"",
              "    Caused by: jakarta.ejb.EJBException: it is not constructed",
              "\tat org.jboss.Somewhere(Somewhere.java:1)",
              "\t... 29 more",
              "    Caused by: java.lang.IllegalArgumentException: tidemark.a is '5': must be 6\"}}",
              "INFO WFLYSRV0010: Deployed"));

  @Test
  void theRootCauseIsTheLastOneWithoutItsClass() {
    assertEquals(Optional.of("tidemark.a is '5': must be 6"), refused.rootCause());
    assertEquals(Optional.empty(), new ServerLog(List.of("INFO all is well")).rootCause());
  }

  @Test
  void theTailHasNoFramesOfStackTraces() {
    assertEquals(4, refused.tail().lines().count());
  }
}
