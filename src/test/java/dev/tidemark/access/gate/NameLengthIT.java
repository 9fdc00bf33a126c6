package dev.tidemark.access.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemark.testing.client.WireClient;
import dev.tidemark.testing.gateway.GuardedGateway;
import dev.tidemark.testing.gateway.Guest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** An account of the container may do all if its name fits into every record, and else nothing. */
final class NameLengthIT {
  private final Guest guest = new Guest(GuardedGateway.get());

  @Test
  void theLongestNameSignsInJoinsAndIsAnswered() {
    try (WireClient client = guest.connect(GuardedGateway.LONGEST_NAME)) {
      client.create();
      client.say("hello", "m-1", 1);
      client.awaitEvent("stream_end");
    }
  }

  @Test
  void aLongerOneIsRefusedBeforeTheUpgradeAndAtRest() throws Exception {
    for (String path : new String[] {"/ws", "/api/me"}) {
      HttpResponse<String> refused =
          guest.ask(
              "GET",
              path,
              "Authorization",
              WireClient.authorization(GuardedGateway.LONGEST_NAME + "n"));
      assertEquals(403, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("\"code\":\"name_too_long\""), refused.body());
      assertEquals(
          "application/problem+json", refused.headers().firstValue("Content-Type").orElse("none"));
    }
  }
}
