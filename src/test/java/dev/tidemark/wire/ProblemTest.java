package dev.tidemark.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The body of an HTTP refusal: the members of RFC 9457 and those of an error frame. */
final class ProblemTest {
  @Test
  void itHasTheMembersOfTheStandardAndOfAnErrorFrame() {
    assertEquals(
        "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\"Not \\\"you\\\".\","
            + "\"code\":\"not_allowed\",\"message\":\"Not \\\"you\\\".\"}",
        new Problem(403, "not_allowed", "Not \"you\".").json());
  }

  @Test
  void itSaysWhenToComeBackWhereThatMakesSense() {
    assertEquals(
        "{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"Wait.\","
            + "\"code\":\"too_many_failures\",\"message\":\"Wait.\",\"retry_after_seconds\":12}",
        new Problem(429, "too_many_failures", "Wait.", 12).json());
  }

  @Test
  void membersMayBeAdded() {
    String json = new Problem(400, "c", "m").fields().text("error", "invalid_request").end();
    assertEquals("invalid_request", JsonModel.parse(json).asJsonObject().getString("error"), json);
  }

  @Test
  void everyStatusHasATitle() {
    assertEquals(
        "Client Error",
        JsonModel.parse(new Problem(418, "c", "m").json()).asJsonObject().getString("title"));
    assertEquals(
        "Server Error",
        JsonModel.parse(new Problem(599, "c", "m").json()).asJsonObject().getString("title"));
  }
}
